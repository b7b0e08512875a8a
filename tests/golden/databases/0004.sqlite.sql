BEGIN TRANSACTION;
CREATE TABLE agent_code (
	external_id VARCHAR(80) NOT NULL, 
	user_id INTEGER NOT NULL, 
	CONSTRAINT pk_agent_code PRIMARY KEY (external_id), 
	CONSTRAINT fk_agent_code_user_id_user FOREIGN KEY(user_id) REFERENCES user (id)
);
INSERT INTO "agent_code" VALUES('A012',4);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE answer (
	id INTEGER NOT NULL, 
	evaluation_id INTEGER NOT NULL, 
	section VARCHAR(80) NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	verdict VARCHAR(40) NOT NULL, 
	points DOUBLE NOT NULL, 
	possible DOUBLE NOT NULL, 
	confidence DOUBLE, 
	reason TEXT NOT NULL, 
	check_kind VARCHAR(40), 
	comment TEXT NOT NULL, 
	evidence JSON NOT NULL, 
	occurrences INTEGER NOT NULL, provenance JSON, root_cause VARCHAR(80) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_answer PRIMARY KEY (id), 
	CONSTRAINT fk_answer_evaluation_id_evaluation FOREIGN KEY(evaluation_id) REFERENCES evaluation (id), 
	CONSTRAINT uq_answer_evaluation_id_criterion UNIQUE (evaluation_id, criterion), 
	CONSTRAINT ck_answer_verdict CHECK (verdict IN ('met', 'partly_met', 'not_met', 'not_applicable', 'abstained'))
);
INSERT INTO "answer" VALUES(1,1,'talk','greeting','not_met',0.0,30.0,1.0,'agent said none of the 1 wordings of the rule in turns 1-9','phrases','','[{"kind": "absence", "window": {"from": 0, "to": 9, "unit": "turns"}, "nearest_miss": null}]',1,'null','');
INSERT INTO "answer" VALUES(2,1,'talk','rude','abstained',0.0,0.0,NULL,'people only',NULL,'','[]',1,'null','');
INSERT INTO "answer" VALUES(3,2,'talk','greeting','met',30.0,30.0,NULL,'','person','','[]',1,'null','');
INSERT INTO "answer" VALUES(4,2,'talk','rude','not_met',0.0,0.0,NULL,'','person','说脏话','[]',1,'null','');
CREATE TABLE calendar_day (
	day DATE NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	reason VARCHAR(200) NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_calendar_day PRIMARY KEY (day), 
	CONSTRAINT fk_calendar_day_by_id_user FOREIGN KEY(by_id) REFERENCES user (id)
);
INSERT INTO "calendar_day" VALUES('2026-11-09','holiday','台风',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE call (
	id INTEGER NOT NULL, 
	call_id VARCHAR(120) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	direction VARCHAR(16) NOT NULL, 
	queue VARCHAR(80) NOT NULL, 
	case_ref VARCHAR(80) NOT NULL, 
	customer_ref VARCHAR(120) NOT NULL, 
	rating INTEGER, 
	hangup_by VARCHAR(16) NOT NULL, 
	transfer_from VARCHAR(120) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_call PRIMARY KEY (id), 
	CONSTRAINT fk_call_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_call_call_id UNIQUE (call_id)
);
INSERT INTO "call" VALUES(1,'C-1',3,'2026-11-09 02:00:00.000000','','宽带','','13800138000',NULL,'','','2026-11-09 02:00:00.000000');
INSERT INTO "call" VALUES(2,'C-2',3,'2026-11-09 02:00:00.000000','','','','',NULL,'','','2026-11-09 02:00:00.000000');
INSERT INTO "call" VALUES(3,'C-3',3,'2026-11-09 02:00:00.000000','','','','',NULL,'','','2026-11-09 02:00:00.000000');
CREATE TABLE call_agent (
	call_pk INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_call_agent PRIMARY KEY (call_pk, user_id), 
	CONSTRAINT fk_call_agent_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_call_agent_user_id_user FOREIGN KEY(user_id) REFERENCES user (id)
);
INSERT INTO "call_agent" VALUES(1,4,0);
INSERT INTO "call_agent" VALUES(2,4,0);
INSERT INTO "call_agent" VALUES(3,4,0);
CREATE TABLE case_call (
	case_id INTEGER NOT NULL, 
	call_pk INTEGER NOT NULL, 
	CONSTRAINT pk_case_call PRIMARY KEY (case_id, call_pk), 
	CONSTRAINT fk_case_call_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_case_call_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id)
);
INSERT INTO "case_call" VALUES(1,1);
CREATE TABLE case_deadline (
	case_id INTEGER NOT NULL, 
	clock VARCHAR(60) NOT NULL, 
	started_by INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	warn_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	paused BOOLEAN NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	CONSTRAINT pk_case_deadline PRIMARY KEY (case_id, clock, started_by), 
	CONSTRAINT fk_case_deadline_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id)
);
INSERT INTO "case_deadline" VALUES(1,'register',1,'2026-11-09 02:00:00.000000','2026-11-09 02:08:00.000000','2026-11-09 02:10:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(1,'first_result_simple',1,'2026-11-09 02:00:00.000000','2026-11-09 21:12:00.000000','2026-11-10 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(1,'return',2,'2026-11-09 02:00:00.000000','2026-11-10 16:24:00.000000','2026-11-11 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(1,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(1,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
CREATE TABLE case_number (
	day DATE NOT NULL, 
	given INTEGER NOT NULL, 
	CONSTRAINT pk_case_number PRIMARY KEY (day)
);
INSERT INTO "case_number" VALUES('2026-11-09',1);
CREATE TABLE case_step (
	id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	by_id INTEGER, 
	result VARCHAR(40) NOT NULL, 
	unit_id INTEGER, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_case_step PRIMARY KEY (id), 
	CONSTRAINT fk_case_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_case_step_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT fk_case_step_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_case_step_case_id_number UNIQUE (case_id, number), 
	CONSTRAINT ck_case_step_stepkind CHECK (kind IN ('received', 'acknowledged', 'assessed', 'assigned', 'solved_on_the_spot', 'dispatched', 'sent_back', 'urged', 'returned', 'return_refused', 'responsibility_decided', 'second_dispatched', 'manager_hotline', 'held_accountable', 'accountable_replied', 'consented', 'remedy_granted', 'remedy_credited', 'progress_told', 'delay_told', 'paused', 'resumed', 'fed_back', 'called_back', 'recontacted', 'reopened', 'appealed', 'closed', 'archived', 'noted'))
);
INSERT INTO "case_step" VALUES(1,1,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(2,1,2,'dispatched','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',3,'{"unit": 3}');
CREATE TABLE complaint_case (
	id INTEGER NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	channel VARCHAR(40) NOT NULL, 
	urgency VARCHAR(40) NOT NULL, 
	class_code VARCHAR(80) NOT NULL, 
	words TEXT NOT NULL, 
	demand TEXT NOT NULL, 
	product VARCHAR(120) NOT NULL, 
	place VARCHAR(120) NOT NULL, 
	campaign VARCHAR(120) NOT NULL, 
	sender VARCHAR(200) NOT NULL, 
	customer_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	first_asked_id INTEGER, 
	follow_up_id INTEGER, 
	profile VARCHAR(80) NOT NULL, 
	received_at DATETIME NOT NULL, 
	joined_to_id INTEGER, 
	CONSTRAINT pk_complaint_case PRIMARY KEY (id), 
	CONSTRAINT ck_complaint_case_not_joined_to_itself CHECK (joined_to_id IS NULL OR joined_to_id <> id), 
	CONSTRAINT fk_complaint_case_customer_id_customer FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_complaint_case_first_asked_id_user FOREIGN KEY(first_asked_id) REFERENCES user (id), 
	CONSTRAINT fk_complaint_case_follow_up_id_user FOREIGN KEY(follow_up_id) REFERENCES user (id), 
	CONSTRAINT fk_complaint_case_joined_to_id_complaint_case FOREIGN KEY(joined_to_id) REFERENCES complaint_case (id), 
	CONSTRAINT fk_complaint_case_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_complaint_case_number UNIQUE (number), 
	CONSTRAINT ck_complaint_case_casekind CHECK (kind IN ('complaint', 'suggestion', 'appeal')), 
	CONSTRAINT ck_complaint_case_channel CHECK (channel IN ('hotline', 'online', 'email', 'social', 'shop', 'letter', 'regulator', 'internal')), 
	CONSTRAINT ck_complaint_case_urgency CHECK (urgency IN ('ordinary', 'urgent', 'green'))
);
INSERT INTO "complaint_case" VALUES(1,'TS20261109-00001','complaint','hotline','ordinary','fees/wrong_bill','多扣了20元','','','','','',1,3,NULL,NULL,'provincial','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE customer (
	id INTEGER NOT NULL, 
	name_sealed TEXT NOT NULL, 
	phone_sealed TEXT NOT NULL, 
	phone_fingerprint VARCHAR(64) NOT NULL, 
	tier VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_customer PRIMARY KEY (id), 
	CONSTRAINT uq_customer_phone_fingerprint UNIQUE (phone_fingerprint)
);
INSERT INTO "customer" VALUES(1,'v1.MxUR2Ic1SjeCguvu-wxSiThuqk7VL4OWqG6JXaW1iIq8Bw==','v1.TPT9MqTFpcD5T0JEIOxJSazfSIjGqQKRjxLnCUrvRT0v7d_RWidhlwj7','b8d84153a65798a68e9089fd76438235b38ad160d94a1174b8aac4b96a2d5f30','','2026-11-09 02:00:00.000000');
CREATE TABLE draft (
	call_pk INTEGER NOT NULL, 
	author_id INTEGER NOT NULL, 
	transcript_id INTEGER NOT NULL, 
	scorecard_id INTEGER NOT NULL, 
	body JSON NOT NULL, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_draft PRIMARY KEY (call_pk, author_id), 
	CONSTRAINT fk_draft_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_draft_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_draft_scorecard_id_scorecard FOREIGN KEY(scorecard_id) REFERENCES scorecard (id), 
	CONSTRAINT fk_draft_transcript_id_transcript FOREIGN KEY(transcript_id) REFERENCES transcript (id)
);
INSERT INTO "draft" VALUES(1,3,1,1,'{"answers": {"greeting": {"verdict": "not_met"}}}','2026-11-09 02:00:00.000000');
CREATE TABLE evaluation (
	id INTEGER NOT NULL, 
	call_pk INTEGER NOT NULL, 
	transcript_id INTEGER NOT NULL, 
	scorecard_id INTEGER NOT NULL, 
	author VARCHAR(40) NOT NULL, 
	author_id INTEGER, 
	created_at DATETIME NOT NULL, 
	score_pct DOUBLE, 
	passed BOOLEAN, 
	signals JSON NOT NULL, 
	seconds_spent DOUBLE, 
	replaces_id INTEGER, 
	CONSTRAINT pk_evaluation PRIMARY KEY (id), 
	CONSTRAINT ck_evaluation_person_is_named CHECK ((author = 'person') = (author_id IS NOT NULL)), 
	CONSTRAINT fk_evaluation_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_evaluation_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_evaluation_replaces_id_evaluation FOREIGN KEY(replaces_id) REFERENCES evaluation (id), 
	CONSTRAINT fk_evaluation_scorecard_id_scorecard FOREIGN KEY(scorecard_id) REFERENCES scorecard (id), 
	CONSTRAINT fk_evaluation_transcript_id_transcript FOREIGN KEY(transcript_id) REFERENCES transcript (id), 
	CONSTRAINT ck_evaluation_author CHECK (author IN ('machine', 'person'))
);
INSERT INTO "evaluation" VALUES(1,1,1,1,'machine',NULL,'2026-11-09 02:00:00.000000',0.0,0,'[]',NULL,NULL);
INSERT INTO "evaluation" VALUES(2,1,1,1,'person',2,'2026-11-09 02:00:00.000000',100.0,NULL,'[]',NULL,NULL);
CREATE TABLE job (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	subject VARCHAR(120) NOT NULL, 
	payload JSON NOT NULL, 
	priority INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	run_after DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	token INTEGER NOT NULL, 
	lease_until DATETIME, 
	worker VARCHAR(120), 
	progress DOUBLE NOT NULL, 
	error VARCHAR(1000), 
	CONSTRAINT pk_job PRIMARY KEY (id), 
	CONSTRAINT uq_job_kind_subject UNIQUE (kind, subject), 
	CONSTRAINT ck_job_jobstate CHECK (state IN ('waiting', 'leased', 'done', 'failed'))
);
INSERT INTO "job" VALUES(1,'copy','recording:1','{"recording_id": 1}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(2,'transcribe','recording:1','{"recording_id": 1}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(3,'copy','recording:2','{"recording_id": 2}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(4,'transcribe','recording:2','{"recording_id": 2}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
CREATE TABLE journal (
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor_id INTEGER, 
	actor_name VARCHAR(120) NOT NULL, 
	action VARCHAR(60) NOT NULL, 
	subject VARCHAR(120) NOT NULL, 
	detail JSON NOT NULL, 
	previous_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_journal PRIMARY KEY (seq), 
	CONSTRAINT fk_journal_actor_id_user FOREIGN KEY(actor_id) REFERENCES user (id), 
	CONSTRAINT uq_journal_hash UNIQUE (hash)
);
INSERT INTO "journal" VALUES(1,'2026-11-09 02:00:00.000000',NULL,'system','unit.add','unit:2','{"kind": "centre", "name": "Care", "parent": 1}','0000000000000000000000000000000000000000000000000000000000000000','20492e4c41b8bf5e3b5d3a9483f8c6d3c922b9b748941fb96594f1bfc68e79d6');
INSERT INTO "journal" VALUES(2,'2026-11-09 02:00:00.000000',NULL,'system','unit.add','unit:3','{"kind": "team", "name": "One", "parent": 2}','20492e4c41b8bf5e3b5d3a9483f8c6d3c922b9b748941fb96594f1bfc68e79d6','3c0a14500b6ee4b20ea798be6bdf207f933efbdc94f972698dc53cd3cfadf657');
INSERT INTO "journal" VALUES(3,'2026-11-09 02:00:00.000000',NULL,'system','user.add','user:1','{"login": "admin", "unit": 3, "roles": ["admin"], "codes": []}','3c0a14500b6ee4b20ea798be6bdf207f933efbdc94f972698dc53cd3cfadf657','2594b19e85569e254554d2e38794d8cb13643e19feff057be418cc4839f8ef98');
INSERT INTO "journal" VALUES(4,'2026-11-09 02:00:00.000000',NULL,'system','user.add','user:2','{"login": "inspector", "unit": 3, "roles": ["inspector"], "codes": []}','2594b19e85569e254554d2e38794d8cb13643e19feff057be418cc4839f8ef98','df9d5069a50042a54b798437dc0bc2a85554d06da7cbe6eec9dab0021fd1cceb');
INSERT INTO "journal" VALUES(5,'2026-11-09 02:00:00.000000',NULL,'system','user.add','user:3','{"login": "qa_lead", "unit": 3, "roles": ["qa_lead"], "codes": []}','df9d5069a50042a54b798437dc0bc2a85554d06da7cbe6eec9dab0021fd1cceb','66c581928fef16c4b814c21e312f9f7273e37d1340df15a276e2ad8db17e5d59');
INSERT INTO "journal" VALUES(6,'2026-11-09 02:00:00.000000',NULL,'system','user.add','user:4','{"login": "agent", "unit": 3, "roles": ["agent"], "codes": ["A012"]}','66c581928fef16c4b814c21e312f9f7273e37d1340df15a276e2ad8db17e5d59','2cd98252a538eaf41b01c7a404576af9fefe3b02c7f30d4e032e2d9810e05de5');
INSERT INTO "journal" VALUES(7,'2026-11-09 02:00:00.000000',2,'inspector','login','user:2','{"address": "127.0.0.1"}','2cd98252a538eaf41b01c7a404576af9fefe3b02c7f30d4e032e2d9810e05de5','21137740c2404b13b5d8ded24910e91de3a9c01f04aeabbe4e953df60c320224');
INSERT INTO "journal" VALUES(8,'2026-11-09 02:00:00.000000',NULL,'inspector','login.failed','login','{"address": "127.0.0.1"}','21137740c2404b13b5d8ded24910e91de3a9c01f04aeabbe4e953df60c320224','4bd8deb1f5d5a770a7f98accbcaf72a938c1805f66e41de44f4443e10f5c1ba8');
INSERT INTO "journal" VALUES(9,'2026-11-09 02:00:00.000000',NULL,'system','scorecard.publish','scorecard:1','{"name": "golden", "version": 1}','4bd8deb1f5d5a770a7f98accbcaf72a938c1805f66e41de44f4443e10f5c1ba8','f959699729bf6e099c6c15af6c590ccc3783c23a40bd5b1494b9404adb157387');
INSERT INTO "journal" VALUES(10,'2026-11-09 02:00:00.000000',2,'inspector','evaluation.submit','call:1','{"evaluation": 2, "score_pct": 100.0, "passed": null, "replaces": null}','f959699729bf6e099c6c15af6c590ccc3783c23a40bd5b1494b9404adb157387','0cf884b380bc0c570c186ca09d8d8c4099c38c3209d10e6f308c25df361c6483');
INSERT INTO "journal" VALUES(11,'2026-11-09 02:00:00.000000',3,'qa_lead','evaluation.recheck','evaluation:2','{"criterion": "rude", "confirmed": true}','0cf884b380bc0c570c186ca09d8d8c4099c38c3209d10e6f308c25df361c6483','fce0045ebaa584b9238be0e14972790f2a0f5de685ecee2648eb6e24cd531812');
INSERT INTO "journal" VALUES(12,'2026-11-09 02:00:00.000000',3,'qa_lead','scorecard.draft','scorecard_draft:1','{"base": 1}','fce0045ebaa584b9238be0e14972790f2a0f5de685ecee2648eb6e24cd531812','23ebf2af286b04562c9267d59cabe010cfcef1a64e4f8a8ced4cc855c37c19af');
INSERT INTO "journal" VALUES(13,'2026-11-09 02:00:00.000000',2,'inspector','call.unfit','call:2','{"reason": "noise"}','23ebf2af286b04562c9267d59cabe010cfcef1a64e4f8a8ced4cc855c37c19af','a9283035999110540ae614720795a1160f7ae68970a877abe4a35d8dcebf1416');
INSERT INTO "journal" VALUES(14,'2026-11-09 02:00:00.000000',NULL,'system','case.register','case:1','{"number": "TS20261109-00001", "channel": "hotline"}','a9283035999110540ae614720795a1160f7ae68970a877abe4a35d8dcebf1416','31e4a735aa90d03fa1de74256824d0cfe4a79cff746e4c555016307187ec75d6');
INSERT INTO "journal" VALUES(15,'2026-11-09 02:00:00.000000',NULL,'system','case.dispatched','case:1','{"step": 2}','31e4a735aa90d03fa1de74256824d0cfe4a79cff746e4c555016307187ec75d6','740c2001e518221de9758afe8743261a90f075d3368857d13307bf1e399a5d1e');
INSERT INTO "journal" VALUES(16,'2026-11-09 02:00:00.000000',NULL,'system','case.link_call','case:1','{"call": 1}','740c2001e518221de9758afe8743261a90f075d3368857d13307bf1e399a5d1e','696493abc1bb267a717f497f2b8c39ddd293839efce73f70a979283f2b5224a1');
INSERT INTO "journal" VALUES(17,'2026-11-09 02:00:00.000000',NULL,'system','calendar.correct','day:2026-11-09','{"kind": "holiday", "reason": "\u53f0\u98ce"}','696493abc1bb267a717f497f2b8c39ddd293839efce73f70a979283f2b5224a1','17dc9c9712583d42155cfc7f760ede175cf0a5233c104246636a33faaba944a9');
CREATE TABLE login_attempt (
	id INTEGER NOT NULL, 
	login VARCHAR(80) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	succeeded BOOLEAN NOT NULL, 
	CONSTRAINT pk_login_attempt PRIMARY KEY (id)
);
INSERT INTO "login_attempt" VALUES(1,'98fe442255035a1459bb5b86fda03d7c34c23d512b1b5bf3a5ecb7a802601895','127.0.0.1','2026-11-09 02:00:00.000000',1);
INSERT INTO "login_attempt" VALUES(2,'98fe442255035a1459bb5b86fda03d7c34c23d512b1b5bf3a5ecb7a802601895','127.0.0.1','2026-11-09 02:00:00.000000',0);
CREATE TABLE login_session (
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_login_session PRIMARY KEY (token_hash), 
	CONSTRAINT fk_login_session_user_id_user FOREIGN KEY(user_id) REFERENCES user (id)
);
INSERT INTO "login_session" VALUES('9b1ee8d25c9d504569fde112719dd433980e749a95da3fc44bd54e1d25a27b4b',2,'2026-11-09 02:00:00.000000','2026-11-20 15:46:40.000000',NULL);
CREATE TABLE playback (
	recording_id INTEGER NOT NULL, 
	path VARCHAR(255) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	chunks JSON NOT NULL, 
	waveforms JSON NOT NULL, 
	CONSTRAINT pk_playback PRIMARY KEY (recording_id), 
	CONSTRAINT fk_playback_recording_id_recording FOREIGN KEY(recording_id) REFERENCES recording (id)
);
INSERT INTO "playback" VALUES(1,'x.webm','audio/webm',9,'[[0, 9, 0, 9]]','[[0.5]]');
CREATE TABLE recheck (
	id INTEGER NOT NULL, 
	evaluation_id INTEGER NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	confirmed BOOLEAN NOT NULL, 
	reason TEXT NOT NULL, 
	by_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_recheck PRIMARY KEY (id), 
	CONSTRAINT fk_recheck_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_recheck_evaluation_id_evaluation FOREIGN KEY(evaluation_id) REFERENCES evaluation (id)
);
INSERT INTO "recheck" VALUES(1,2,'rude',1,'heard it',3,'2026-11-09 02:00:00.000000');
CREATE TABLE recording (
	id INTEGER NOT NULL, 
	call_pk INTEGER, 
	source_id INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	file_name VARCHAR(255) NOT NULL, 
	path VARCHAR(255) NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	duration_s DOUBLE, 
	codec VARCHAR(40) NOT NULL, 
	sample_rate INTEGER, 
	channels INTEGER, 
	channel_map VARCHAR(80) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	reason_code VARCHAR(40), 
	reason VARCHAR(500), 
	imported_at DATETIME NOT NULL, 
	imported_by INTEGER, 
	CONSTRAINT pk_recording PRIMARY KEY (id), 
	CONSTRAINT ck_recording_quarantine_has_reason CHECK ((state = 'quarantined') = (reason IS NOT NULL)), 
	CONSTRAINT ck_recording_usable_has_call CHECK (state = 'quarantined' OR call_pk IS NOT NULL), 
	CONSTRAINT fk_recording_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_recording_imported_by_user FOREIGN KEY(imported_by) REFERENCES user (id), 
	CONSTRAINT fk_recording_source_id_source FOREIGN KEY(source_id) REFERENCES source (id), 
	CONSTRAINT uq_recording_sha256 UNIQUE (sha256), 
	CONSTRAINT ck_recording_recordingstate CHECK (state IN ('queued', 'transcribed', 'quarantined'))
);
INSERT INTO "recording" VALUES(1,1,1,'f21d0fb01eb347577bab592d8a1e43afb5671564841f03771888544eaef80944','C-1.wav','f2/f21d0fb01eb347577bab592d8a1e43afb5671564841f03771888544eaef80944.wav',128044,4.0,'pcm_s16le',8000,2,'agent,customer','auto','transcribed',NULL,NULL,'2026-11-09 02:00:00.000000',NULL);
INSERT INTO "recording" VALUES(2,2,1,'8d265b865ff7d031f25373802b92df2414568078798464edf3a7dcc7bb7c522f','C-2.wav','8d/8d265b865ff7d031f25373802b92df2414568078798464edf3a7dcc7bb7c522f.wav',128044,4.0,'pcm_s16le',8000,2,'agent,customer','auto','queued',NULL,NULL,'2026-11-09 02:00:00.000000',NULL);
INSERT INTO "recording" VALUES(3,3,1,'6c47b7d9c8849af25ad119c3b35b741e02bb076375fb8ddf3e5fb20d1d5db587','C-3.wav','6c/6c47b7d9c8849af25ad119c3b35b741e02bb076375fb8ddf3e5fb20d1d5db587.wav',128044,NULL,'',NULL,NULL,'agent,customer','auto','quarantined','silent','C-3.wav is silent on every channel; check the recorder.','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE role_grant (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	CONSTRAINT pk_role_grant PRIMARY KEY (id), 
	CONSTRAINT fk_role_grant_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT fk_role_grant_user_id_user FOREIGN KEY(user_id) REFERENCES user (id), 
	CONSTRAINT uq_role_grant_user_id_role_unit_id UNIQUE (user_id, role, unit_id), 
	CONSTRAINT ck_role_grant_role CHECK (role IN ('inspector', 'supervisor', 'case_desk', 'surveyor', 'manager', 'monitor', 'shopper', 'agent', 'qa_lead', 'handler', 'admin'))
);
INSERT INTO "role_grant" VALUES(1,1,'admin',3);
INSERT INTO "role_grant" VALUES(2,2,'inspector',3);
INSERT INTO "role_grant" VALUES(3,3,'qa_lead',3);
INSERT INTO "role_grant" VALUES(4,4,'agent',3);
CREATE TABLE scorecard (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	published_at DATETIME, 
	published_by INTEGER, kind VARCHAR(16) DEFAULT 'phone' NOT NULL, 
	CONSTRAINT pk_scorecard PRIMARY KEY (id), 
	CONSTRAINT fk_scorecard_published_by_user FOREIGN KEY(published_by) REFERENCES user (id), 
	CONSTRAINT uq_scorecard_name_version UNIQUE (name, version), 
	CONSTRAINT ck_scorecard_cardstate CHECK (state IN ('draft', 'published', 'archived'))
);
INSERT INTO "scorecard" VALUES(1,'golden',1,'en','published','
name: golden
version: 1
language: en
title: {zh: 金, en: Golden}
method: weights
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 30
        check: {kind: phrases, speaker: agent, any_of: [hello]}
      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call}
','c5f575e926d834ebfdb03bcf160fb933b85da3eb14f5b99079701b1c59a1e254','2026-11-09 02:00:00.000000',NULL,'phone');
CREATE TABLE scorecard_draft (
	id INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	base_id INTEGER, 
	published_id INTEGER, 
	CONSTRAINT pk_scorecard_draft PRIMARY KEY (id), 
	CONSTRAINT fk_scorecard_draft_base_id_scorecard FOREIGN KEY(base_id) REFERENCES scorecard (id), 
	CONSTRAINT fk_scorecard_draft_published_id_scorecard FOREIGN KEY(published_id) REFERENCES scorecard (id), 
	CONSTRAINT ck_scorecard_draft_cardstate CHECK (state IN ('draft', 'published', 'archived'))
);
INSERT INTO "scorecard_draft" VALUES(1,'draft',1,NULL);
CREATE TABLE scorecard_edit (
	id INTEGER NOT NULL, 
	draft_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	saved_by INTEGER, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_scorecard_edit PRIMARY KEY (id), 
	CONSTRAINT fk_scorecard_edit_draft_id_scorecard_draft FOREIGN KEY(draft_id) REFERENCES scorecard_draft (id), 
	CONSTRAINT fk_scorecard_edit_saved_by_user FOREIGN KEY(saved_by) REFERENCES user (id), 
	CONSTRAINT uq_scorecard_edit_draft_id_revision UNIQUE (draft_id, revision)
);
INSERT INTO "scorecard_edit" VALUES(1,1,1,'
name: golden
version: 2
language: en
title: {zh: 金, en: Golden}
method: weights
pass_pct: 60
sections:
  - id: talk
    title: {zh: 谈话, en: Talk}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 30
        check: {kind: phrases, speaker: agent, any_of: [hello]}
      - {id: rude, title: {zh: 辱骂, en: Rude}, fatal: call}
',3,'2026-11-09 02:00:00.000000');
INSERT INTO "scorecard_edit" VALUES(2,1,2,'name: half',3,'2026-11-09 02:00:00.000000');
CREATE TABLE source (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	channel_map VARCHAR(80) NOT NULL, 
	language VARCHAR(8) NOT NULL, 
	line_of_business VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_source PRIMARY KEY (id), 
	CONSTRAINT uq_source_name UNIQUE (name)
);
INSERT INTO "source" VALUES(1,'default','agent,customer','auto','telecom');
CREATE TABLE transcript (
	id INTEGER NOT NULL, 
	recording_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	parent_id INTEGER, 
	language VARCHAR(8) NOT NULL, 
	engine VARCHAR(60) NOT NULL, 
	model VARCHAR(120) NOT NULL, 
	model_sha256 VARCHAR(64) NOT NULL, 
	vocabulary VARCHAR(60), 
	body JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_transcript PRIMARY KEY (id), 
	CONSTRAINT fk_transcript_parent_id_transcript FOREIGN KEY(parent_id) REFERENCES transcript (id), 
	CONSTRAINT fk_transcript_recording_id_recording FOREIGN KEY(recording_id) REFERENCES recording (id), 
	CONSTRAINT uq_transcript_recording_id_revision UNIQUE (recording_id, revision)
);
INSERT INTO "transcript" VALUES(1,1,1,NULL,'en','hand','','',NULL,'{"recording": "", "duration_s": null, "channels": null, "language": "en", "engine": null, "utterances": [{"index": 0, "speaker": "agent", "text": "Good morning, thank you for calling Northline, my name is Anna, how can I help?"}, {"index": 1, "speaker": "customer", "text": "I was charged twice and nobody called me back. I''ll go to the ombudsman."}, {"index": 2, "speaker": "agent", "text": "I''m so sorry about that, I can understand how frustrating it is. Can I have your account number?"}, {"index": 3, "speaker": "customer", "text": "It''s 4471."}, {"index": 4, "speaker": "agent", "text": "Just to confirm, you were charged twice for March, is that right? May I put you on hold?"}, {"index": 5, "speaker": "customer", "text": "Yes."}, {"index": 6, "speaker": "agent", "text": "Thank you for holding. We''ll refund you within 3 business days. Is there anything else?"}, {"index": 7, "speaker": "customer", "text": "No, thank you."}, {"index": 8, "speaker": "agent", "text": "Thanks for calling, have a nice day, bye."}], "metrics": null}','2026-11-09 02:00:00.000000');
CREATE TABLE unfit (
	call_pk INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	by_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_unfit PRIMARY KEY (call_pk), 
	CONSTRAINT fk_unfit_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_unfit_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id)
);
INSERT INTO "unfit" VALUES(2,'noise',2,'2026-11-09 02:00:00.000000');
CREATE TABLE unit (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	parent_id INTEGER, 
	CONSTRAINT pk_unit PRIMARY KEY (id), 
	CONSTRAINT ck_unit_only_company_is_root CHECK ((kind = 'company') = (parent_id IS NULL)), 
	CONSTRAINT fk_unit_parent_id_unit FOREIGN KEY(parent_id) REFERENCES unit (id), 
	CONSTRAINT uq_unit_parent_id_name UNIQUE (parent_id, name), 
	CONSTRAINT ck_unit_unitkind CHECK (kind IN ('company', 'region', 'centre', 'team', 'responsible'))
);
INSERT INTO "unit" VALUES(1,'company','回听 Huiting',NULL);
INSERT INTO "unit" VALUES(2,'centre','Care',1);
INSERT INTO "unit" VALUES(3,'team','One',2);
CREATE TABLE user (
	id INTEGER NOT NULL, 
	login VARCHAR(80) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	password_hash VARCHAR(200), 
	language VARCHAR(8) NOT NULL, 
	active BOOLEAN NOT NULL, 
	unit_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT fk_user_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_user_login UNIQUE (login)
);
INSERT INTO "user" VALUES(1,'admin','admin','$argon2id$v=19$m=65536,t=3,p=4$ZMZH4UiZgr93VUAOyJOhhA$MluNNgHetlAgV/fKjn5ZXmYXgH94/uJXTEleJbbtMUw','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(2,'inspector','inspector','$argon2id$v=19$m=65536,t=3,p=4$sxysMjOXzGF9WxZyWUa3jg$kEZhZvOK9WL74eSQoUjS9+Z8Refewt3pJpg9Nv5TQmM','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(3,'qa_lead','qa_lead','$argon2id$v=19$m=65536,t=3,p=4$RollwWVYo2JF4na7Yj+GCw$ZQLywZS7QzjJZ/yOFqILVGtslRGMEAB27/cj8NjlEIE','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(4,'agent','agent','$argon2id$v=19$m=65536,t=3,p=4$1eUtN69MPP5hQjoYzXLC1A$tslqTig0hpafKW28ZKjc+5jmcbl3G5G3L3Hwu8c1s6A','zh',1,3,'2026-11-09 02:00:00.000000');
CREATE INDEX ix_job_due ON job (state, priority, run_after);
CREATE INDEX ix_login_attempt_address_at ON login_attempt (address, at);
CREATE INDEX ix_login_attempt_login_at ON login_attempt (login, at);
CREATE INDEX ix_unit_parent_id ON unit (parent_id);
CREATE INDEX ix_call_case_ref ON call (case_ref);
CREATE INDEX ix_call_queue ON call (queue);
CREATE INDEX ix_call_started_at ON call (started_at);
CREATE INDEX ix_call_unit_id_started_at ON call (unit_id, started_at);
CREATE INDEX ix_user_unit_id ON user (unit_id);
CREATE INDEX ix_agent_code_user_id ON agent_code (user_id);
CREATE INDEX ix_call_agent_user_id ON call_agent (user_id);
CREATE INDEX ix_journal_action ON journal (action);
CREATE INDEX ix_journal_subject ON journal (subject);
CREATE INDEX ix_login_session_user_id ON login_session (user_id);
CREATE INDEX ix_recording_call_pk ON recording (call_pk);
CREATE INDEX ix_recording_imported_at ON recording (imported_at);
CREATE INDEX ix_recording_state ON recording (state);
CREATE INDEX ix_scorecard_language ON scorecard (language);
CREATE INDEX ix_evaluation_call_pk_created_at ON evaluation (call_pk, created_at);
CREATE UNIQUE INDEX uq_evaluation_machine ON evaluation (transcript_id, scorecard_id) WHERE author = 'machine';
CREATE INDEX ix_answer_criterion_verdict ON answer (criterion, verdict);
CREATE INDEX ix_recheck_evaluation_id ON recheck (evaluation_id);
CREATE INDEX ix_scorecard_draft_state ON scorecard_draft (state);
CREATE INDEX ix_complaint_case_class_code ON complaint_case (class_code);
CREATE INDEX ix_complaint_case_customer_id_received_at ON complaint_case (customer_id, received_at);
CREATE INDEX ix_complaint_case_follow_up_id ON complaint_case (follow_up_id);
CREATE INDEX ix_complaint_case_received_at ON complaint_case (received_at);
CREATE INDEX ix_complaint_case_unit_id_received_at ON complaint_case (unit_id, received_at);
CREATE INDEX ix_case_call_call_pk ON case_call (call_pk);
CREATE INDEX ix_case_deadline_ended_at_due_at ON case_deadline (ended_at, due_at);
CREATE INDEX ix_case_step_kind_at ON case_step (kind, at);
CREATE INDEX ix_case_step_unit_id ON case_step (unit_id);
COMMIT;
