/** The user of activity lines: a claim of the request's token, which the application verifies elsewhere. */
export function userOf({ headers }) {
  const [, claims] = (headers.authorization ?? '').split('.')
  return claims && JSON.parse(Buffer.from(claims, 'base64url').toString()).email
}
