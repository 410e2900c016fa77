-- SPDX-License-Identifier: Apache-2.0
-- The request that a visit ended with goes on in the trace of its Encounter.

ALTER TABLE encounter_debts ADD COLUMN traceparent {text} NOT NULL DEFAULT '';
