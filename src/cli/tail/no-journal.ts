import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../errors.ts'
import { lockState } from '../../store/files/lock.ts'
import { JOURNAL_NAME, RESULT_NAME } from '../../store/files/names.ts'
import { readResult } from '../../store/read-result.ts'

/** Returns the error for a run whose folder has no journal; its message says why and what to do. */
export function noJournal(folder: string): InputError {
  if (existsSync(join(folder, RESULT_NAME))) {
    const lost = readResult(folder).files.some(({ path }) => path === JOURNAL_NAME)
    return lost
      ? new InputError(`${folder} holds no ${JOURNAL_NAME} any more: it was removed after the run`)
      : new InputError(
          `${folder} holds no conversations: the run was started with --log none`,
          'run it with --log all, --log sample:0.1 or --log errors (the default, failed exchanges only)',
        )
  }
  if (lockState(folder)?.live) return new InputError(`the run in ${folder} has written nothing yet`, '-f waits for it')
  return new InputError(`${folder} holds no ${JOURNAL_NAME}`, 'name the folder of a run')
}

/** Returns the error for a run's journal with lines that could not be read; `first` is the number of the first such line. */
export function damagedJournal(path: string, lines: number, first: number): InputError {
  const count = `${lines} line${lines === 1 ? '' : 's'}`
  return new InputError(
    `${path} is damaged: ${count} of it could not be read, the first is line ${first}`,
    'the file was changed after burn wrote it',
  )
}
