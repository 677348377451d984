/** Data files: their `data:` block, and rows for the iterations. */
export { checkFeeder, type FeederCheck, type FeederProblem } from './check.ts'
export { type Feeder, type FeederContext, openFeeder, type Shard } from './feeder.ts'
export { DataError } from './file.ts'
export type { Row } from './record.ts'
export { dataSchema, type FeederSpec, feederSchema, type OnEnd, type TableSpec } from './schema.ts'
export { openTable, type Table, type TableContext } from './table.ts'
