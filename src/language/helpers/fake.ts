import type { Random } from '../../random.ts'
import { toInteger } from './arguments.ts'
import type { TemplateHelper } from './helper.ts'
import { cities, companyForms, companyNames, firstNames, lastNames, textWords } from './words.ts'

const MAX_WORDS = 20_000

const numbersAndChoices: readonly TemplateHelper[] = [
  { name: 'uuid', args: '', description: 'A UUID of version 4', arity: [0, 0], run: ({ random }) => random.uuid() },
  {
    name: 'randomInt',
    args: 'min max',
    description: 'A whole number from min to max, both included; without arguments from 0 to 999999',
    arity: [0, 2],
    check: (args) => (args.includes(undefined) ? args.map((arg = 0) => toInteger(arg, 'a bound')) : randomBounds(args)),
    run: ({ args, random }) => random.int(...randomBounds(args)),
  },
  {
    name: 'randomText',
    args: 'words',
    description: 'That many English words in lower case; 10 when left out',
    arity: [0, 1],
    check: ([count = 10]) => wordCount(count),
    run: ({ args: [count = 10], random }) => words(random, wordCount(count)),
  },
  {
    name: 'pick',
    args: 'a b …',
    description: 'One of its arguments; given one list, an item of it',
    arity: [1, 100],
    run: ({ args, random }) => random.pick(args.length === 1 && Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args),
  },
]

const people: readonly TemplateHelper[] = [
  fake('firstName', 'A first name', (random) => random.pick(firstNames)),
  fake('lastName', 'A family name', (random) => random.pick(lastNames)),
  fake('fullName', 'First and family name', (random) => `${random.pick(firstNames)} ${random.pick(lastNames)}`),
  fake('email', 'An address at example.com, .net or .org, where no mail arrives', email),
  fake('city', 'A city', (random) => random.pick(cities)),
  fake('company', 'The name of a company', (random) => `${random.pick(companyNames)} ${random.pick(companyForms)}`),
  fake('phone', 'A number of the range +1 555 01xx, which belongs to nobody', phone),
  fake('sentence', 'A sentence of 5 to 14 words', sentence),
  fake('paragraph', '3 to 6 sentences', paragraph),
]

/** The template helpers that generate random values, such as names and numbers; the same seed gives the same values. */
export const fakeHelpers: readonly TemplateHelper[] = [...numbersAndChoices, ...people]

function fake(name: string, description: string, make: (random: Random) => string): TemplateHelper {
  return { name, args: '', description, arity: [0, 0], run: ({ random }) => make(random) }
}

function randomBounds([min = 0, max = 999_999]: readonly unknown[]): [min: number, max: number] {
  const [low, high] = [toInteger(min, 'min'), toInteger(max, 'max')]
  if (high < low) throw new Error(`no whole number lies between ${low} and ${high}`)
  return [low, high]
}

const wordCount = (count: unknown) => toInteger(count, 'words', 0, MAX_WORDS)

function words(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.pick(textWords)).join(' ')
}

function email(random: Random): string {
  const name = `${random.pick(firstNames)}.${random.pick(lastNames)}`.toLowerCase()
  return `${name}${random.int(1, 9999)}@example.${random.pick(['com', 'net', 'org'])}`
}

function phone(random: Random): string {
  return `+1 ${random.int(201, 989)} 555 01${String(random.int(0, 99)).padStart(2, '0')}`
}

function sentence(random: Random): string {
  const text = words(random, random.int(5, 14))
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function paragraph(random: Random): string {
  return Array.from({ length: random.int(3, 6) }, () => sentence(random)).join(' ')
}
