/** A message whose texts want to mention everybody, to be a link, and to be longer than a receiver takes. */
import { testMessage } from '../../../src/notify/message/message.ts'

const text = `<!everyone> @here *a* [x](http://evil) ${'😀'.repeat(3000)}`
export const hostile = { ...testMessage('chat', new Date('2026-01-02T03:04:05Z')), title: text, facts: [[text, text]] as const }
