/** The form of the tables of flags, from which commander's options and the types of flags are made. */

/** One row in a table of flags of `burn run`: how the flag is written, explained and parsed. The keys of the table are the names in `RunFlags`. */
export interface FlagRow {
  /** The flag as commander writes it: `-e, --endpoint <url>` takes a text; without `<…>` it is a switch. */
  readonly flags: string
  /** The help text; left out for a second name of a flag, which the help does not list. */
  readonly help?: string
  /** True when the value may also come from the environment variable BURN_<NAME>. */
  readonly env?: true
  /** True when the flag may be given several times. */
  readonly many?: true
  readonly choices?: readonly string[]
  readonly default?: string
  /** Path of the scenario key that gets the flag's value unchanged. */
  readonly path?: readonly string[]
  /** Parses the text of the flag and adds it to the values of earlier uses, for example after splitting it at commas. */
  readonly read?: typeof collect
}

/** Adds a flag's value to those of its earlier uses. */
// Not variadic: `burn run --env-file .env scenario.yaml` must not take the scenario as a second .env file.
export const collect = (value: string, before: readonly string[] = []) => [...before, value]

/** Splits a flag's value at commas and adds the names to those of earlier uses of the flag. */
export const splitNames = (value: string, before: readonly string[] = []) => [
  ...before,
  ...value.split(',').map((name) => name.trim()),
]
/**
 * Returns its argument, a table of flags of `burn run`, unchanged. Its only purpose is that the type of the table keeps the exact names of the
 * flags.
 */
export const table = <const Rows extends Readonly<Record<string, FlagRow>>>(rows: Rows) => rows
