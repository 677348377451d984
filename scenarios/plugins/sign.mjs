/** Signs every request: HMAC-SHA256 over time and body with the secret in SIGNING_SECRET, in the headers x-timestamp and x-signature. */
import { createHmac } from 'node:crypto'

const secret = process.env.SIGNING_SECRET ?? 'only an example'

export default {
  hooks: {
    priority: 10,
    beforeSend(message) {
      const body = 'request' in message ? message.request.json : message.body
      const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      const timestamp = Math.floor(Date.now() / 1000)
      message.headers['x-timestamp'] = String(timestamp)
      message.headers['x-signature'] = createHmac('sha256', secret).update(`${timestamp}.${sent}`).digest('hex')
    },
  },
}
