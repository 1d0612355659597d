/** Gives the tests a PostgreSQL in `AFTERWORD_TEST_POSTGRES` when Vitest is run by hand; `npm test` has one already. */
import { providePostgres } from '../../scripts/postgres.js';

export default async function setup() {
  const postgres = await providePostgres();
  process.env.AFTERWORD_TEST_POSTGRES = postgres.url;
  return () => postgres.stop();
}
