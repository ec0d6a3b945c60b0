import { fail } from '../../fail'

export const dynamic = 'force-dynamic'

export default async function Page() {
  await fail()
}
