/** Data files: the `data:` block, and the rows that iterations get. */
export { checkFeeder } from './check.ts'
export { type Feeder, openFeeder } from './feeder.ts'
export { DataError } from './file.ts'
export type { Row } from './record.ts'
export { dataSchema, type FeederSpec, feederSchema } from './schema.ts'
export { openTable } from './table.ts'
