/** Makes the list of a suite's tests: those that its file lists, and each combination of its matrix. */
import { basename, extname } from 'node:path'
import type { Path } from '../../../scenario/read/source/source.ts'
import { isSecretVariable } from '../../../text/secrets.ts'
import type { Suite, TestChanges } from './schema.ts'

/**
 * One test as a suite file describes it: the scenario file, a name, and changes to the scenario. If the scenario has several targets, one test gives
 * several runs.
 */
export interface AskedTest {
  /** The path of the test in the suite file, such as `tests`, 2. */
  readonly path: Path
  /** The path of the scenario file as the suite names it; undefined for a run that flags alone describe. */
  readonly scenario: string | undefined
  readonly name: string
  readonly changes: TestChanges
}

/** The largest number of tests that a suite's matrix may make. */
export const MAX_COMBINATIONS = 500

type Matrix = NonNullable<Suite['matrix']>

/**
 * Returns the tests of a suite in their order: first those of the list `tests`, then each combination of the values in `matrix`, whose last key
 * changes fastest.
 */
export function askedTests({ tests = [], matrix, defaults = {} }: Suite): AskedTest[] {
  const written = tests.map(({ scenario, name, ...changes }, index): AskedTest => {
    const whole = merged(defaults, changes)
    return { path: ['tests', index], scenario, name: name ?? [stemOf(scenario), ...wordsOf(changes)].join(' '), changes: whole }
  })
  return [...written, ...(matrix ? combined(matrix, defaults) : [])]
}

/**
 * Returns how many tests the `matrix` of a suite file asks for: the number of combinations of its values. It only counts them, because there may be
 * too many to make.
 */
export function combinationsOf(matrix: Matrix): number {
  return axesOf(matrix).reduce((product, { values }) => product * values.length, 1)
}

/** One dimension of a matrix, such as the target, with its values. */
interface Axis {
  readonly values: readonly unknown[]
  /** Returns the changes to the scenario that a value of this axis makes. */
  readonly change: (value: never) => TestChanges & { readonly scenario?: string }
  /** Returns the text for a value in the names of tests; `place` is the index of the value among those of the axis. */
  readonly word: (value: never, place: number) => string
}

function axesOf({ scenario, vars = {}, set = {}, ...chosen }: Matrix): Axis[] {
  const plain = Object.entries(chosen).flatMap(([key, values = []]) =>
    values.length === 0 ? [] : [{ values, change: (value: string) => ({ [key]: value }), word: (value: string) => value }],
  )
  return [
    { values: scenario, change: (value: string) => ({ scenario: value }), word: stemOf },
    ...plain,
    ...Object.entries(vars).map(([key, values]) => ({
      values,
      change: (value: string) => ({ vars: { [key]: value } }),
      word: (value: unknown, place: number) => wordOf(key, String(value), place),
    })),
    ...Object.entries(set).map(([key, values]) => ({
      values,
      change: (value: unknown) => ({ set: { [key]: value } }),
      word: (value: unknown, place: number) =>
        wordOf(key.split('.').at(-1) ?? key, typeof value === 'string' ? value : JSON.stringify(value), place),
    })),
  ]
}

function combined(matrix: Matrix, defaults: TestChanges): AskedTest[] {
  const start = { words: [] as string[], changes: {} as TestChanges & { readonly scenario?: string } }
  const combinations = axesOf(matrix).reduce(
    (before, { values, change, word }) =>
      before.flatMap(({ words, changes }) =>
        values.map((value, place) => ({
          words: [...words, word(value as never, place)], // the cast is safe: each axis has functions for the type of its values
          changes: { ...merged(changes, change(value as never)), scenario: change(value as never).scenario ?? changes.scenario },
        })),
      ),
    [start] as { words: string[]; changes: TestChanges & { readonly scenario?: string | undefined } }[],
  )
  return combinations.map(({ words, changes: { scenario, ...changes } }) => {
    return { path: ['matrix'], scenario, name: words.join(' '), changes: merged(defaults, changes) }
  })
}

/**
 * Returns the text for a variable or key with its value, for the name of a test. Instead of a secret it contains the secret's place in the list,
 * because masked secrets all look the same.
 */
const wordOf = (name: string, value: string, place: number) =>
  isSecretVariable(name) ? `${name} #${place + 1}` : `${name}=${value}`

/** Merges the changes of one test into those of all tests. The test's own win; thresholds are added, and variables and keys are merged one by one. */
function merged(all: TestChanges, own: TestChanges): TestChanges {
  const thresholds = [...(all.thresholds ?? []), ...(own.thresholds ?? [])]
  return {
    ...all,
    ...own,
    vars: { ...all.vars, ...own.vars },
    set: { ...all.set, ...own.set },
    ...(thresholds.length === 0 ? {} : { thresholds }),
  }
}

const stemOf = (file: string): string => basename(file, extname(file))

/** Returns the words that distinguish a test from others of the same scenario: its profile, environment, target and model. */
function wordsOf({ profile, environment, target, model }: TestChanges): string[] {
  return [profile, environment, typeof target === 'string' ? target : undefined, model].filter((word) => word !== undefined)
}

/**
 * Returns what one test of a suite changes in its scenario, such as the model or a variable, for the suite's result. The keys are names such as
 * `vars.user`, and the values are texts. Thresholds are left out.
 */
export function settingsOf({ vars = {}, set = {}, thresholds: _thresholds, ...plain }: TestChanges): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
  const entries = [
    ...Object.entries(plain).filter(([, value]) => value !== undefined),
    ...Object.entries(vars).map(([key, value]) => [`vars.${key}`, value] as const),
    ...Object.entries(set).map(([key, value]) => [`set.${key}`, value] as const),
  ]
  return Object.fromEntries(entries.map(([key, value]) => [key, text(value)]))
}
