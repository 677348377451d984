/** Commands about runs that are stored, or go on elsewhere. */
export { addReplay } from './replay/command.ts'
export { addRuns } from './runs/command.ts'
export { addTail } from './tail/command.ts'
export { addWebhook } from './webhook/command.ts'
