import { plainText } from '../figures/plain-text.js'

/** A value that comes from the application: one line, cut at its end, whole in its title. */
export function Name({ text, empty = '(none)' }: { readonly text: string; readonly empty?: string }) {
  const plain = plainText(text)
  return (
    <bdi class="name" title={plain.length > 24 ? plain : undefined}>
      {plain === '' ? <i>{empty}</i> : plain}
    </bdi>
  )
}
