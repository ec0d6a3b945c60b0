import { either, group, listOf, type OptionsOf, option, text } from '@quipu/catalog/options'

/** A header carries visible ASCII only, so no other token could match. */
const token = text({ expected: 'a token of visible ASCII characters', pattern: /^[\x21-\x7e]+$/ })

const basicOptions = group({
  /** User name, without a colon (RFC 7617). */
  username: option(text({ expected: 'a text without colon or control characters', pattern: /^[^:\p{Cc}]+$/u }), {
    required: true,
    secret: true,
  }),
  /** Password. */
  password: option(text({ expected: 'a text without control characters', pattern: /^\P{Cc}+$/u }), {
    required: true,
    secret: true,
  }),
})

/** Credentials for the pages. Several of a kind allow a secret to be changed without downtime. */
export const authOptions = group({
  /** Bearer tokens. */
  bearer: option(either(token, listOf(token, { min: 1 })), {
    secret: true,
    example: "auth: { bearer: 'a token of letters and digits' }",
  }),
  /** User names with passwords. */
  basic: option(either(basicOptions, listOf(basicOptions, { min: 1 })), {
    secret: true,
    example: "auth: { basic: { username: 'prometheus', password } }",
  }),
})

export type BasicCredentials = OptionsOf<typeof basicOptions.fields>

/** Credentials for the pages. A request needs one of them. */
export type Auth = OptionsOf<typeof authOptions.fields>
