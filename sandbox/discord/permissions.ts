/** The permission bits that the sandbox checks, by Discord's names. */
export const PERMISSIONS = {
  Administrator: 1n << 3n,
  AddReactions: 1n << 6n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  UseApplicationCommands: 1n << 31n,
  CreatePublicThreads: 1n << 35n,
  SendMessagesInThreads: 1n << 38n,
  PinMessages: 1n << 51n,
} as const;

/** A permission that the sandbox supports. */
export type PermissionName = keyof typeof PERMISSIONS;

/** The permissions as one number. */
export function bitsOf(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PERMISSIONS[name], 0n);
}

/** Whether all wanted bits are set, or Administrator is. */
export function allows(bits: bigint, wanted: bigint): boolean {
  return (bits & PERMISSIONS.Administrator) !== 0n || (bits & wanted) === wanted;
}

/** Permissions in the invitation of a well-behaved bot: none to manage others. */
export const INVITED: readonly PermissionName[] = [
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'PinMessages',
  'CreatePublicThreads',
  'SendMessagesInThreads',
];

/** Everyone's permissions in the sandbox's channel. */
export const EVERYONE: readonly PermissionName[] = [
  'ViewChannel',
  'ReadMessageHistory',
  'UseApplicationCommands',
];
