import { rule } from '../../lint/subject.ts'
import { writtenAddresses } from './E_URL.ts'

/** The lint rule (of `burn validate`) that warns of a target's address that contains a user name or password. */
export const W_URL_CREDENTIALS = rule('W_URL_CREDENTIALS', (subject, report) => {
  for (const { path, url, wrong } of writtenAddresses(subject)) {
    const found = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@]+)@/i.exec(url)?.[1]
    if (wrong || found === undefined) continue
    const mark = { offset: url.indexOf(found), length: found.length }
    report(path, mark, 'the address holds credentials', 'use auth: { type: basic, … } with ${env.NAME}')
  }
})
