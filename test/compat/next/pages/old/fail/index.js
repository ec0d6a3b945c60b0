import { fail } from '../../../fail'

export const getServerSideProps = fail

export default function Old() {
  return <p>old</p>
}
