/** Data files: their `data:` block, and rows for the iterations. */
export { checkFeeder } from './check.ts'
export { type Feeder, openFeeder, type Shard } from './feeder.ts'
export { DataError } from './file.ts'
export type { Row } from './record.ts'
export { dataSchema, type FeederSpec, feederSchema } from './schema.ts'
export { openTable } from './table.ts'
