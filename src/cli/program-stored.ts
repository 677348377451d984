/** Commands around runs: those that are stored, go on elsewhere, or are due later. */
export { addReplay } from './replay/command.ts'
export { addRuns } from './runs/command.ts'
export { addSchedule } from './schedule/command.ts'
export { addTail } from './tail/command.ts'
export { addWebhook } from './webhook/command.ts'
