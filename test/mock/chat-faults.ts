/** Requests for a chat, and what its reply holds. */
export const CHAT = '/v1/chat/completions'

export const textOf = (reply: { chunks: Buffer[] }): string => Buffer.concat(reply.chunks).toString()
