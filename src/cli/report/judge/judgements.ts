import { join } from 'node:path'
import { JUDGEMENTS_NAME, resultsFolder } from '../../../store/files/names.ts'
import { Judgements } from '../../../store/judgements.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { note } from '../../output/notes.ts'

/**
 * Opens the file in the results folder that stores the answers of judge models, so that later runs need not ask the same question again. New answers
 * are added with secrets masked.
 */
export function judgements(): Judgements {
  return new Judgements(join(resultsFolder(), JUDGEMENTS_NAME), (text) => knownSecrets.redact(text), note)
}
