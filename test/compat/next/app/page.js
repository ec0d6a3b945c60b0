import { fail } from '../fail'

async function save(form) {
  'use server'
  if (form.get('name') === 'fail') await fail()
  globalThis.savedLength = String(form.get('name')).length
}

export default function Page() {
  return (
    <form action={save}>
      <input name="name" />
      <button type="submit">Save</button>
    </form>
  )
}
