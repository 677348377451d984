import { join } from 'node:path'
import { JUDGEMENTS_NAME, resultsFolder } from '../../../store/files/names.ts'
import { Judgements } from '../../../store/judgements.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { note } from '../../output/notes.ts'

/** Returns the store of the answers that judges gave in earlier runs, a file in the results folder. New answers are added with secrets masked. */
export function judgements(): Judgements {
  return new Judgements(join(resultsFolder(), JUDGEMENTS_NAME), (text) => knownSecrets.redact(text), note)
}
