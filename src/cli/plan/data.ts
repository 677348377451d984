import { type FeederSpec, openFeeder } from '../../data/index.ts'
import { createRandom } from '../../random.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { Range } from './range.ts'

/** The largest number of rows that are counted; counting more would take too long. */
const MAX_ROWS = 1_000_000

/** A data file that the planned run (`burn plan`) would read, with its number of rows; the number is null when the file has more than a million. */
export type DataForecast = Awaited<ReturnType<typeof forecastData>>[number]

/** Counts the rows of each data file that the planned run (`burn plan`) would read. @throws DataError for a file that cannot be read */
export function forecastData({ data, baseDir }: Plan) {
  const count = async ([name, spec]: readonly [string, FeederSpec]) => {
    const { file, pick } = spec
    return { name, file, pick, rows: await countRows(spec, baseDir) }
  }
  return Promise.all(Object.entries(data).map(count))
}

async function countRows(spec: FeederSpec, baseDir: string): Promise<number | null> {
  const feeder = await openFeeder(
    { ...spec, pick: 'sequence', onEnd: 'stop' },
    { baseDir, random: createRandom('plan', 'data', 0) },
  )
  try {
    let rows = 0
    while (rows <= MAX_ROWS && feeder.next(0)) rows += 1
    return rows > MAX_ROWS ? null : rows
  } finally {
    feeder.close()
  }
}

/**
 * Returns a warning for each data file that is too short for the planned run: each row may be used only once, and there are fewer rows than
 * iterations.
 */
export function dataWarnings(data: readonly DataForecast[], { least, likely }: Range): string[] {
  const needed = likely ?? least
  return data
    .filter(({ pick, rows }) => pick === 'unique' && rows !== null && rows < needed)
    .map(({ name, rows }) => `data ${name}: ${rows} rows, each handed out once, for about ${Math.round(needed)} iterations`)
}
