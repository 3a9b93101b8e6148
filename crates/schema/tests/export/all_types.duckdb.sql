CREATE TABLE "custom_alltypes" (
  "text" VARCHAR,
  "small" SMALLINT,
  "int" INTEGER,
  "big" BIGINT,
  "float" DOUBLE,
  "flag" BOOLEAN,
  "time" TIMESTAMP WITH TIME ZONE,
  "needed time" TIMESTAMP WITH TIME ZONE,
  "any" JSON,
  "who" STRUCT("the ""name""" VARCHAR, "it's" BOOLEAN),
  "seen" STRUCT("at" TIMESTAMP WITH TIME ZONE, "ips" VARCHAR[], "parts" STRUCT("raw" JSON)[])[],
  "tags" VARCHAR[],
  "p_log_type" VARCHAR NOT NULL,
  "p_row_id" VARCHAR NOT NULL,
  "p_event_time" TIMESTAMP WITH TIME ZONE NOT NULL,
  "p_parse_time" TIMESTAMP WITH TIME ZONE NOT NULL,
  "p_schema_version" INTEGER NOT NULL,
  "p_source_id" VARCHAR,
  "p_source_label" VARCHAR,
  "p_source_file" VARCHAR,
  "p_any_ip_addresses" VARCHAR[],
  "p_any_usernames" VARCHAR[],
  "p_extra" JSON,
  "p_flags" VARCHAR[]
);
COMMENT ON TABLE "custom_alltypes" IS 'Every type of the language, and the ''odd'' names that "quotes" and blanks make';
COMMENT ON COLUMN "custom_alltypes"."text" IS 'Any text; it''s required';
COMMENT ON COLUMN "custom_alltypes"."any" IS 'Whatever it is';
COMMENT ON COLUMN "custom_alltypes"."who" IS 'A person,
told in two lines';
COMMENT ON COLUMN "custom_alltypes"."seen" IS 'Where it was seen';
