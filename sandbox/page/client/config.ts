/** Must be loaded before the components: their default images are on other hosts. */
Object.assign(globalThis, {
  $discordMessage: { avatars: { default: '/avatars/unknown.svg' }, defaultTheme: 'dark' },
});
