/** The entry point of the folder `data`, which reads the data files of a scenario and hands out their rows to iterations. */

export { DataError } from '../records/file.ts'
export type { Row } from '../records/record.ts'
export { checkFeeder } from './check.ts'
export { type Feeder, openFeeder } from './feeder.ts'
export { dataSchema, type FeederSpec, feederSchema } from './schema.ts'
export { openTable } from './table.ts'
