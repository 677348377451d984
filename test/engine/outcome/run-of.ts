/** Targets that answer without text. */
import { type Fault, reply } from '../../servers/http-faults.ts'

export const JSON_TYPE = { 'content-type': 'application/json' }

export const answer =
  (body: string | Buffer, type = JSON_TYPE): Fault =>
  (socket) =>
    void socket.write(reply(body, type))

export const generic = (url: string, more: object = {}) => ({
  url,
  protocol: 'http' as const,
  dialect: 'generic' as const,
  ...more,
})
