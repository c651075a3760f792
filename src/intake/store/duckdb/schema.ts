/**
 * Migrations, in order; a database that has seen the first n of them has schema version n. Never change one that was released: add
 * the next. Times are minutes (`ts`), hours (`hour`) or milliseconds (`_ms`) since the epoch, values are in the steps of their
 * kind, gauges times the seconds of their profile, so that all columns add up.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE series(id UINTEGER NOT NULL, kind VARCHAR NOT NULL, service VARCHAR NOT NULL, env VARCHAR NOT NULL,
    version VARCHAR NOT NULL, host VARCHAR NOT NULL, runtime_id VARCHAR NOT NULL, tags MAP(VARCHAR, VARCHAR) NOT NULL,
    first_hour UINTEGER NOT NULL, last_hour UINTEGER NOT NULL, roll_group UINTEGER NOT NULL);
  CREATE TABLE roll_groups(id UINTEGER NOT NULL, kind VARCHAR NOT NULL, service VARCHAR NOT NULL, env VARCHAR NOT NULL,
    version VARCHAR NOT NULL);
  CREATE TABLE endpoints(id UINTEGER NOT NULL, service VARCHAR NOT NULL, name VARCHAR NOT NULL);
  CREATE TABLE frames(id UINTEGER NOT NULL, name VARCHAR NOT NULL, file VARCHAR NOT NULL, line UINTEGER NOT NULL);
  CREATE TABLE stacks(id UINTEGER NOT NULL, hash UBIGINT NOT NULL, frames UINTEGER[] NOT NULL);
  CREATE TABLE profiles(id UINTEGER NOT NULL, uid UUID NOT NULL, upload UUID NOT NULL, name VARCHAR NOT NULL,
    series UINTEGER NOT NULL, ts UINTEGER NOT NULL, start_ms BIGINT NOT NULL, end_ms BIGINT NOT NULL,
    received_ms BIGINT NOT NULL, samples UINTEGER NOT NULL, v0 DOUBLE, v1 DOUBLE, v2 DOUBLE, v3 DOUBLE,
    segment VARCHAR NOT NULL, blob_key VARCHAR NOT NULL, blob_offset UBIGINT NOT NULL, blob_length UINTEGER NOT NULL,
    pinned BOOLEAN NOT NULL);
  CREATE TABLE samples(series UINTEGER NOT NULL, ts UINTEGER NOT NULL, endpoint UINTEGER NOT NULL, stack UINTEGER NOT NULL,
    v0 BIGINT NOT NULL, v1 BIGINT NOT NULL, v2 BIGINT NOT NULL, v3 BIGINT NOT NULL);
  CREATE TABLE requests(series UINTEGER NOT NULL, ts UINTEGER NOT NULL, endpoint UINTEGER NOT NULL, count UBIGINT NOT NULL);
  CREATE TABLE span_profiles(folded UINTEGER NOT NULL, ts UINTEGER NOT NULL, profile UINTEGER NOT NULL);
  CREATE TABLE spans(trace_high UBIGINT NOT NULL, trace_low UBIGINT NOT NULL, id UBIGINT NOT NULL, parent UBIGINT NOT NULL,
    series UINTEGER NOT NULL, service VARCHAR NOT NULL, name VARCHAR NOT NULL, resource VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    ts UINTEGER NOT NULL, start_nanos BIGINT NOT NULL, duration_nanos BIGINT NOT NULL, error BOOLEAN NOT NULL,
    attributes VARCHAR NOT NULL);
  CREATE TABLE roll_stacks(hour UINTEGER NOT NULL, roll_group UINTEGER NOT NULL, endpoint UINTEGER NOT NULL,
    stack UINTEGER NOT NULL, v0 BIGINT NOT NULL, v1 BIGINT NOT NULL, v2 BIGINT NOT NULL, v3 BIGINT NOT NULL);
  CREATE TABLE roll_functions(hour UINTEGER NOT NULL, roll_group UINTEGER NOT NULL, frame UINTEGER NOT NULL,
    self0 BIGINT NOT NULL, self1 BIGINT NOT NULL, self2 BIGINT NOT NULL, self3 BIGINT NOT NULL,
    total0 BIGINT NOT NULL, total1 BIGINT NOT NULL, total2 BIGINT NOT NULL, total3 BIGINT NOT NULL);
  CREATE TABLE roll_coverage(hour UINTEGER NOT NULL, roll_group UINTEGER NOT NULL, profiles UINTEGER NOT NULL,
    process_ms BIGINT NOT NULL, union_ms BIGINT NOT NULL);
  CREATE TABLE roll_requests(hour UINTEGER NOT NULL, roll_group UINTEGER NOT NULL, endpoint UINTEGER NOT NULL,
    count UBIGINT NOT NULL);
  CREATE TABLE hours(hour UINTEGER PRIMARY KEY, rolled BOOLEAN NOT NULL);
  CREATE TABLE segments(id VARCHAR PRIMARY KEY, end_offset UBIGINT NOT NULL, sealed BOOLEAN NOT NULL, last_ms BIGINT NOT NULL);
  `,
]
