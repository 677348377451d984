/** Commands around runs: those that are stored, go on elsewhere, are due later, or are made to find something. */
export { addMerge } from './merge/command.ts'
export { addReplay } from './replay/command.ts'
export { addRuns } from './runs/command.ts'
export { addSchedule } from './schedule/command.ts'
export { addSearch } from './search/command.ts'
export { addTail } from './tail/command.ts'
export { addWebhook } from './webhook/command.ts'
