/** Portraits drawn locally, so that the page needs no other host. */
import type { World } from '#sandbox/discord/world.ts';

interface Look {
  readonly back: string;
  readonly coat: string;
  readonly skin: string;
  readonly hair: string;
  /** Path of the hair over a head of radius 15 at (40, 34). */
  readonly cut: string;
}

const LONG =
  'M23 38q-2-24 17-24t17 24q3 14-3 17h-6q3-10 1-22-12-1-19-7-3 5-4 10-1 10 2 19h-6q-4-6 1-17z';
const SHORT = 'M24 33q-1-19 16-19t16 19q-2-8-7-10-9 1-17-1-5 2-8 11z';
const CURLY = 'M22 36q-4-9 3-14 1-9 11-9 7-4 14 2 9 2 8 12 3 5 0 10-1-10-7-13-11 1-20-2-6 5-9 14z';
const BUN = 'M24 34q-2-18 12-20-1-6 5-6t5 6q12 3 10 20-3-10-9-12-8 3-15 1-6 3-8 11z';

const FACES: Readonly<Record<string, Look>> = {
  viewer: { back: '#3f6f8f', coat: '#e7e2d4', skin: '#f0c9a6', hair: '#d9b25f', cut: LONG },
  operator: { back: '#2f6b57', coat: '#f2a65a', skin: '#7a4a2f', hair: '#1d1713', cut: SHORT },
  admin: { back: '#8a4552', coat: '#26364d', skin: '#d9a07a', hair: '#3a2118', cut: BUN },
  approver: { back: '#8a6a2f', coat: '#3b2f4a', skin: '#b5774e', hair: '#120d0b', cut: LONG },
  'second-approver': {
    back: '#4a6f78',
    coat: '#d8d2e8',
    skin: '#f2d3b8',
    hair: '#8c3b22',
    cut: CURLY,
  },
  stranger: { back: '#5d5a7a', coat: '#8fa3ad', skin: '#c98f66', hair: '#4a2f20', cut: CURLY },
};

/** The portrait of a person or the bot, by id; a grey shape for anyone else. */
export function avatarSvg(id: string, world: World): string {
  if (id === world.bot.id || id === 'bot') return botSvg();
  const person = world.people.find((each) => each.id === id);
  if (person?.isBot) return bellSvg();
  const look = person && FACES[person.key];
  return look
    ? portrait(look)
    : frame(
        '#4e5058',
        '<circle cx="40" cy="32" r="13" fill="#b5bac1"/><path d="M14 80a26 26 0 0 1 52 0z" fill="#b5bac1"/>',
      );
}

function frame(back: string, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80"><rect width="80" height="80" fill="${back}"/>${inside}</svg>`;
}

function portrait({ back, coat, skin, hair, cut }: Look): string {
  return frame(
    back,
    `<path d="M12 80q2-22 28-22t28 22z" fill="${coat}"/>
     <path d="M33 46h14v12q-7 7-14 0z" fill="${skin}"/>
     <circle cx="40" cy="35" r="15" fill="${skin}"/>
     <path d="${cut}" fill="${hair}"/>
     <path d="M33.5 36h.1M46.5 36h.1" stroke="#1e1f22" stroke-width="2.6" stroke-linecap="round"/>
     <path d="M35 42.5q5 3.6 10 0" fill="none" stroke="#1e1f22" stroke-width="1.5" stroke-linecap="round"/>`,
  );
}

function bellSvg(): string {
  const bell = 'M40 18c-10 0-15 7-15 16v11l-5 8h40l-5-8V34c0-9-5-16-15-16zm-6 39a6 6 0 0 0 12 0z';
  return frame('#3d2a55', `<path d="${bell}" fill="#f0b232"/>`);
}

/** A wheel of eleven sectors, one of them ahead. */
function botSvg(): string {
  const arc = (index: number): string => {
    const at = (share: number, radius: number): string => {
      const angle = (share / 11) * 2 * Math.PI - Math.PI / 2;
      return `${(40 + radius * Math.cos(angle)).toFixed(2)} ${(40 + radius * Math.sin(angle)).toFixed(2)}`;
    };
    const outer = index === 1 ? 33 : 27;
    const colour = index === 1 ? '#7ee0a3' : index % 2 === 0 ? '#86aaff' : '#8fb0fa';
    const [from, to] = [index + 0.06, index + 0.94];
    return `<path d="M${at(from, 14)}L${at(from, outer)}A${outer} ${outer} 0 0 1 ${at(to, outer)}L${at(to, 14)}A14 14 0 0 0 ${at(from, 14)}z" fill="${colour}"/>`;
  };
  return frame('#17203a', Array.from({ length: 11 }, (_, index) => arc(index)).join(''));
}
