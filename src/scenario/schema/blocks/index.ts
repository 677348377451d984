/** The schemas of blocks of a scenario that concern the run as a whole, such as `webhooks`. */
export { webhooksSchema } from '../../../notify/schema.ts'
export { healthChecksSchema } from '../../../observe/health/schema.ts'
export { monitorSchema } from '../../../observe/machine/schema.ts'
export { observeSchema } from '../../../observe/schema.ts'
export { budgetSchema } from './budget.ts'
export { exportSchema } from './export.ts'
export { faultsSchema } from './faults.ts'
export { stopWhenSchema } from './stop-when.ts'
