import { missingModels } from '../../lint/model.ts'
import { rule } from '../../lint/subject.ts'

/** A target without a model, where some servers answer without its name. */
export const W_NO_MODEL = rule('W_NO_MODEL', (subject, report) => {
  for (const { path, wording, isOptional } of missingModels(subject))
    if (isOptional) report(path, 'parent', wording.message, wording.hint)
})
