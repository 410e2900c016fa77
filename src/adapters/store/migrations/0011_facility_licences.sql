-- SPDX-License-Identifier: Apache-2.0
-- What the platform says of the module at single facilities, and when it said so: a later word stands, in whatever
-- order words are taken.

CREATE TABLE facility_licences (
    tenant_id {key} NOT NULL,
    node_id {key} NOT NULL,
    licensed {flag} NOT NULL,
    said_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, node_id)
) {clustered};

ALTER TABLE tenants ADD COLUMN licensed_said_at {instant};
