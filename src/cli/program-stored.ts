/** The functions that add the commands about stored, scheduled and searched runs to the program. */

export { addMerge } from './merge/command.ts'
export { addReplay } from './replay/command.ts'
export { addRuns } from './runs/command.ts'
export { addSchedule } from './schedule/command.ts'
export { addSearch } from './search/command.ts'
export { addTail } from './tail/command.ts'
export { addWebhook } from './webhook/command.ts'
