-- 0004
-- next
CREATE TABLE weighbridge_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT weighbridge_version_pkc PRIMARY KEY (version_num)
)
-- next
CREATE TABLE runs (
	id VARCHAR(64) NOT NULL, 
	contract_id TEXT NOT NULL, 
	contract_version TEXT NOT NULL, 
	contract_fingerprint VARCHAR(80) NOT NULL, 
	rules_fingerprint VARCHAR(80) NOT NULL, 
	object TEXT NOT NULL, 
	extract_id VARCHAR(80), 
	state VARCHAR(20) NOT NULL, 
	decision VARCHAR(30), 
	reasons JSON NOT NULL, 
	as_of DATETIME NOT NULL, 
	started DATETIME NOT NULL, 
	finished DATETIME, 
	host TEXT NOT NULL, 
	boot TEXT, 
	namespace TEXT, 
	pid INTEGER NOT NULL, 
	process_started TEXT, 
	folder TEXT, 
	exit_code INTEGER, 
	records BIGINT, 
	accepted BIGINT, 
	repaired BIGINT, 
	uncertain BIGINT, 
	rejected BIGINT, 
	outputs JSON NOT NULL, 
	earlier_run VARCHAR(64), 
	PRIMARY KEY (id)
)
-- next
CREATE INDEX runs_by_extract ON runs (extract_id, contract_id, object)
-- next
CREATE INDEX runs_by_contract ON runs (contract_id, id)
-- next
CREATE INDEX runs_by_state ON runs (state)
-- next
CREATE TABLE run_sources (
	run_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	content_bytes BIGINT, 
	records BIGINT, 
	record_bytes BIGINT, 
	PRIMARY KEY (run_id, position), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE TABLE check_results (
	run_id VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	code VARCHAR(16) NOT NULL, 
	grain VARCHAR(16) NOT NULL, 
	severity VARCHAR(16) NOT NULL, 
	holds BOOLEAN NOT NULL, 
	failed BIGINT, 
	rate FLOAT, 
	observed TEXT, 
	PRIMARY KEY (run_id, name), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE TABLE extract_findings (
	run_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	code VARCHAR(16) NOT NULL, 
	severity VARCHAR(16) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (run_id, position), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE TABLE profiles (
	run_id VARCHAR(64) NOT NULL, 
	figures JSON NOT NULL, 
	PRIMARY KEY (run_id), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE TABLE review_items (
	id INTEGER NOT NULL, 
	run_id VARCHAR(64) NOT NULL, 
	contract_id TEXT NOT NULL, 
	object TEXT NOT NULL, 
	extract_id VARCHAR(80) NOT NULL, 
	source TEXT NOT NULL, 
	record BIGINT NOT NULL, 
	offset_bytes BIGINT, 
	length_bytes BIGINT, 
	codes JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	row_version INTEGER NOT NULL, 
	created DATETIME NOT NULL, verdict VARCHAR(20), cause_id INTEGER, text TEXT, assignee TEXT, changed DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT review_items_once UNIQUE (run_id, source, record), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE INDEX review_items_by_queue ON review_items (contract_id, object, state, id)
-- next
CREATE INDEX review_items_by_extract ON review_items (extract_id, state)
-- next
CREATE INDEX review_items_by_state ON review_items (state, id)
-- next
CREATE INDEX review_items_by_cause ON review_items (cause_id, state, id)
-- next
CREATE INDEX review_items_by_run ON review_items (run_id, state, id)
-- next
CREATE INDEX review_items_by_run_cause ON review_items (run_id, cause_id, state, id)
-- next
CREATE INDEX review_items_by_assignee ON review_items (assignee, state, id)
-- next
CREATE TABLE review_causes (
	id INTEGER NOT NULL, 
	contract_id TEXT NOT NULL, 
	object TEXT NOT NULL, 
	signature VARCHAR(64) NOT NULL, 
	parts JSON NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT review_causes_once UNIQUE (contract_id, object, signature)
)
-- next
CREATE TABLE review_cause_parts (
	cause_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	code VARCHAR(16) NOT NULL, 
	check_name TEXT NOT NULL, 
	property TEXT, 
	PRIMARY KEY (cause_id, position), 
	FOREIGN KEY(cause_id) REFERENCES review_causes (id)
)
-- next
CREATE INDEX review_cause_parts_by_code ON review_cause_parts (code)
-- next
CREATE INDEX review_cause_parts_by_check ON review_cause_parts (check_name)
-- next
CREATE INDEX review_cause_parts_by_property ON review_cause_parts (property)
-- next
CREATE TABLE review_tallies (
	run_id VARCHAR(64) NOT NULL, 
	cause_id INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	items BIGINT NOT NULL, 
	PRIMARY KEY (run_id, cause_id, state), 
	FOREIGN KEY(run_id) REFERENCES runs (id), 
	FOREIGN KEY(cause_id) REFERENCES review_causes (id)
)
-- next
CREATE INDEX review_tallies_by_cause ON review_tallies (cause_id, state)
-- next
CREATE TABLE review_intakes (
	run_id VARCHAR(64) NOT NULL, 
	items BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (run_id), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE TABLE review_decisions (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	batch VARCHAR(64) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	changes JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	decided_by TEXT NOT NULL, 
	why TEXT NOT NULL, 
	decided DATETIME NOT NULL, 
	approved_by TEXT, 
	approved DATETIME, 
	replay_id VARCHAR(64), 
	PRIMARY KEY (id), 
	FOREIGN KEY(item_id) REFERENCES review_items (id)
)
-- next
CREATE INDEX review_decisions_by_item ON review_decisions (item_id, state)
-- next
CREATE INDEX review_decisions_by_batch ON review_decisions (batch, id)
-- next
CREATE INDEX review_decisions_by_replay ON review_decisions (replay_id)
-- next
CREATE TABLE review_trail (
	id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who TEXT NOT NULL, 
	action VARCHAR(20) NOT NULL, 
	why TEXT NOT NULL, 
	decision_id INTEGER, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(item_id) REFERENCES review_items (id)
)
-- next
CREATE INDEX review_trail_by_item ON review_trail (item_id, id)
-- next
CREATE TABLE review_proposals (
	id INTEGER NOT NULL, 
	contract_id TEXT NOT NULL, 
	contract_version TEXT NOT NULL, 
	batch VARCHAR(64), 
	title TEXT NOT NULL, 
	diff TEXT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	proposed_by TEXT NOT NULL, 
	proposed DATETIME NOT NULL, 
	PRIMARY KEY (id)
)
-- next
CREATE INDEX review_proposals_by_contract ON review_proposals (contract_id, state, id)
-- next
CREATE TABLE replays (
	id VARCHAR(64) NOT NULL, 
	run_id VARCHAR(64) NOT NULL, 
	contract_id TEXT NOT NULL, 
	object TEXT NOT NULL, 
	extract_id VARCHAR(80) NOT NULL, 
	contract_version TEXT NOT NULL, 
	contract_fingerprint VARCHAR(80) NOT NULL, 
	rules_fingerprint VARCHAR(80) NOT NULL, 
	replayed_by TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	finished DATETIME NOT NULL, 
	candidates BIGINT NOT NULL, 
	published BIGINT NOT NULL, 
	rejected BIGINT NOT NULL, 
	uncertain BIGINT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
)
-- next
CREATE INDEX replays_by_run ON replays (run_id, id)
-- next
CREATE INDEX replays_by_contract ON replays (contract_id, object, id)
-- next
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	password_hash TEXT, 
	role VARCHAR(20) NOT NULL, 
	disabled BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, 
	failed_logins INTEGER NOT NULL, 
	locked_until DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT users_once UNIQUE (name)
)
-- next
CREATE TABLE sessions (
	token_sha256 VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	PRIMARY KEY (token_sha256), 
	FOREIGN KEY(user_id) REFERENCES users (id)
)
-- next
CREATE INDEX sessions_by_user ON sessions (user_id)
-- next
CREATE INDEX sessions_by_end ON sessions (expires)
-- next
CREATE TABLE login_attempts (
	id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	address VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	succeeded BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
)
-- next
CREATE INDEX login_attempts_by_name ON login_attempts (name, at)
-- next
CREATE INDEX login_attempts_by_address ON login_attempts (address, at)
-- next
CREATE VIRTUAL TABLE review_search USING fts5(text, content='review_items', content_rowid='id', tokenize='unicode61 remove_diacritics 2')
-- next
CREATE TABLE erasures (
	id VARCHAR(64) NOT NULL, 
	contract_id TEXT NOT NULL, 
	object TEXT, 
	extract_id VARCHAR(80), 
	properties JSON NOT NULL, 
	subject VARCHAR(64), 
	erased_by TEXT NOT NULL, 
	why TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	counts JSON NOT NULL, 
	PRIMARY KEY (id)
)
-- next
CREATE INDEX erasures_by_contract ON erasures (contract_id, id)
-- next
CREATE TABLE alerts (
	"key" VARCHAR(64) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	contract_id TEXT NOT NULL, 
	object TEXT, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	run_id VARCHAR(64), 
	since DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	times INTEGER NOT NULL, 
	over DATETIME, 
	told DATETIME, 
	told_over BOOLEAN NOT NULL, 
	claimed DATETIME, 
	claimant VARCHAR(64), 
	failures INTEGER NOT NULL, 
	PRIMARY KEY ("key")
)
-- next
CREATE INDEX alerts_by_end ON alerts (over, told)
-- next
CREATE TRIGGER review_search_new AFTER INSERT ON review_items WHEN new.text IS NOT NULL BEGIN INSERT INTO review_search(rowid, text) VALUES (new.id, new.text); END
-- next
CREATE TRIGGER review_search_told AFTER UPDATE OF text ON review_items WHEN old.text IS NULL AND new.text IS NOT NULL BEGIN INSERT INTO review_search(rowid, text) VALUES (new.id, new.text); END
-- next
INSERT INTO weighbridge_version (version_num) VALUES ('0004')
