/** What a run folder is made for. */
import { tempFolders } from './temp.ts'

export const temp = tempFolders()

export const startedAt = Date.UTC(2023, 10, 14, 22, 13, 20)

export const options = { runId: 'run-1', name: 'Support Chat', startedAt }
