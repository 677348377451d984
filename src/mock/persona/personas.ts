/** Personas of the mock: the vocabulary of its replies, and settings such as fault rates. */

interface Persona {
  /** The mock's settings that the persona changes. Settings that the user gives replace them. */
  readonly settings: Readonly<Record<string, number>>
  readonly words: readonly string[]
  /** Returns the opening words of the persona's reply to the user's turn `turn` (from 1); empty for none. */
  readonly opening: (turn: number) => string
}

const ESCALATION_TURN = 5

const numbered = (stem: string): string[] => Array.from({ length: 100 }, (_, i) => `${stem}${i}`)
const words = (text: string): string[] => text.split(' ')
const silent = (): string => ''

const PLAIN = numbered('word')

const PRODUCTS = words(
  'laptop phone tablet headphones keyboard mouse monitor camera printer router speaker charger backpack desk chair lamp kettle toaster blender bicycle watch',
)
const SUPPORT = words(
  'ticket order account refund delivery invoice password payment address warranty thanks sorry checking details soon',
)
const CODE = words('const let return function await async import export if else for of map filter => {} () [] === null true')

const PERSONAS = {
  default: { settings: {}, words: PLAIN, opening: silent },
  ecommerce: { settings: {}, words: PRODUCTS, opening: () => 'We have these products:' },
  support: {
    settings: {},
    words: SUPPORT,
    opening: (turn) => (turn >= ESCALATION_TURN ? 'Escalating you to a human agent.' : 'Let me help you.'),
  },
  code: { settings: {}, words: CODE, opening: () => 'Here is the code:' },
  'rate-limited': {
    settings: { rateLimitEvery: 3, retryAfterSeconds: 2, retryAfterSpreadSeconds: 2 },
    words: PLAIN,
    opening: silent,
  },
  flaky: { settings: { errorRate: 0.2, gatewayTimeoutRate: 0.1, emptyRate: 0.1 }, words: PLAIN, opening: silent },
} as const satisfies Record<string, Persona>

type PersonaName = keyof typeof PERSONAS

/** The names of all personas (ready-made behaviours of the mock). The default persona comes first. */
export const PERSONA_NAMES = [
  'default',
  'ecommerce',
  'support',
  'code',
  'rate-limited',
  'flaky',
] as const satisfies readonly PersonaName[]

/** Returns the settings of the mock that a persona (a ready-made behaviour) changes, with their values. */
export function personaSettings(name: PersonaName): Readonly<Record<string, number>> {
  return PERSONAS[name].settings
}

/** Returns the words from which the replies of a persona (a ready-made behaviour of the mock) are put together. */
export function personaWords(name: PersonaName): readonly string[] {
  return PERSONAS[name].words
}

/** Returns the words with which a persona (behaviour of the mock) begins its reply to the user's message number `turn` (from 1); empty for none. */
export function personaOpening(name: PersonaName, turn: number): string[] {
  return words(PERSONAS[name].opening(turn)).filter((word) => word !== '')
}
