/** Pieces of replies that fail. */
export const HTML = { 'content-type': 'text/html; charset=utf-8' }

export const PAGE = `<!doctype html><title>Oops</title>${'x'.repeat(500)}`

export const chat = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`
