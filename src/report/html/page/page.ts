/** The document around the sections: one file that loads nothing, and in which only its own style and script count. */
import { createHash } from 'node:crypto'
import { Markup, markup } from './markup.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** A part of the page under a heading of its own, with a link to it in the navigation. */
export interface PageSection {
  /** The id of the section's element, and the target of its link. */
  readonly id: string
  readonly title: string
  /** Its name in the navigation, where the title is long for that. */
  readonly short?: string
  readonly body: Markup
}

/**
 * What the browser may do with the page: nothing but use this style and run this script, found by their hashes. Text that got into the page
 * as an element or attribute all the same would load, style and run nothing.
 */
const policy = () =>
  `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`

/** The source expression of a Content Security Policy that allows exactly this text. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** Returns the document as HTML: `head` stands at the top, then the navigation, the sections and `foot`; `data` is at the end. */
export function pageOf(title: string, head: Markup, sections: readonly PageSection[], foot: Markup, data: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="burn">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${head}
<nav aria-label="Sections">
<ul>
${sections.map(({ id, title: name, short = name }) => markup`<li><a href="#${id}">${short}</a></li>\n`)}</ul>
</nav>
<main id="content">
${sections.map(sectionOf)}</main>
<footer>
${foot}
</footer>
${data}
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.html
}

function sectionOf({ id, title, body }: PageSection): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`
}
