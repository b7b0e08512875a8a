BEGIN TRANSACTION;
CREATE TABLE agent_code (
	external_id VARCHAR(80) NOT NULL, 
	user_id INTEGER NOT NULL, 
	CONSTRAINT pk_agent_code PRIMARY KEY (external_id), 
	CONSTRAINT fk_agent_code_user_id_user FOREIGN KEY(user_id) REFERENCES user (id)
);
INSERT INTO "agent_code" VALUES('A012',4);
INSERT INTO "agent_code" VALUES('A013',5);
CREATE TABLE alarm (
	case_id INTEGER NOT NULL, 
	clock VARCHAR(60) NOT NULL, 
	started_by INTEGER NOT NULL, 
	level VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	seen_at DATETIME, 
	seen_by_id INTEGER, 
	CONSTRAINT pk_alarm PRIMARY KEY (case_id, clock, started_by, level), 
	CONSTRAINT fk_alarm_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT fk_alarm_seen_by_id_user FOREIGN KEY(seen_by_id) REFERENCES user (id), 
	CONSTRAINT ck_alarm_alarmlevel CHECK (level IN ('warned', 'alarmed', 'escalated', 'to_manager'))
);
INSERT INTO "alarm" VALUES(1,'first_result_simple',1,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(1,'first_result_simple',1,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(1,'first_result_simple',1,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(1,'first_result_simple',1,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
INSERT INTO "alarm" VALUES(2,'first_result_simple',1,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(2,'first_result_simple',1,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(2,'first_result_simple',1,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(2,'first_result_simple',1,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
INSERT INTO "alarm" VALUES(3,'first_result_simple',1,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(3,'first_result_simple',1,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(3,'first_result_simple',1,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(3,'first_result_simple',1,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
INSERT INTO "alarm" VALUES(4,'first_result_simple',1,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(4,'first_result_simple',1,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(4,'first_result_simple',1,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(4,'first_result_simple',1,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
INSERT INTO "alarm" VALUES(5,'first_result_simple',1,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(5,'first_result_simple',1,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(5,'first_result_simple',1,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(5,'first_result_simple',1,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
INSERT INTO "alarm" VALUES(6,'first_result_simple',1,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(6,'first_result_simple',1,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(6,'first_result_simple',1,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(6,'first_result_simple',1,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
INSERT INTO "alarm" VALUES(1,'return',2,'warned','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(1,'return',2,'alarmed','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(1,'return',2,'escalated','2026-11-18 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
INSERT INTO "alarm" VALUES(1,'return',2,'to_manager','2026-11-18 02:00:00.000000',NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0013');
CREATE TABLE alert (
	id INTEGER NOT NULL, 
	open_key VARCHAR(250), 
	class_code VARCHAR(80) NOT NULL, 
	place VARCHAR(120) NOT NULL, 
	campaign VARCHAR(120) NOT NULL, 
	event_id INTEGER, 
	opened_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	closed_by_id INTEGER, 
	closing VARCHAR(500) NOT NULL, 
	CONSTRAINT pk_alert PRIMARY KEY (id), 
	CONSTRAINT fk_alert_closed_by_id_user FOREIGN KEY(closed_by_id) REFERENCES user (id), 
	CONSTRAINT fk_alert_event_id_known_event FOREIGN KEY(event_id) REFERENCES known_event (id), 
	CONSTRAINT uq_alert_open_key UNIQUE (open_key)
);
INSERT INTO "alert" VALUES(1,'class_code=fees/wrong_bill|place=东城','fees/wrong_bill','东城','',1,'2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,NULL,'');
CREATE TABLE alert_case (
	alert_id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	CONSTRAINT pk_alert_case PRIMARY KEY (alert_id, case_id), 
	CONSTRAINT fk_alert_case_alert_id_alert FOREIGN KEY(alert_id) REFERENCES alert (id), 
	CONSTRAINT fk_alert_case_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id)
);
INSERT INTO "alert_case" VALUES(1,2);
INSERT INTO "alert_case" VALUES(1,3);
INSERT INTO "alert_case" VALUES(1,4);
INSERT INTO "alert_case" VALUES(1,5);
INSERT INTO "alert_case" VALUES(1,6);
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
CREATE TABLE answer_difference (
	id INTEGER NOT NULL, 
	response_id INTEGER NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	logged DOUBLE NOT NULL, 
	spoken DOUBLE NOT NULL, 
	call_pk INTEGER NOT NULL, 
	at_s DOUBLE NOT NULL, 
	end_s DOUBLE NOT NULL, 
	quote TEXT NOT NULL, 
	confidence DOUBLE NOT NULL, 
	found_at DATETIME NOT NULL, 
	verdict VARCHAR(40), 
	words TEXT NOT NULL, 
	by_id INTEGER, 
	decided_at DATETIME, 
	CONSTRAINT pk_answer_difference PRIMARY KEY (id), 
	CONSTRAINT fk_answer_difference_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_answer_difference_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_answer_difference_response_id_survey_response FOREIGN KEY(response_id) REFERENCES survey_response (id), 
	CONSTRAINT uq_answer_difference_response_id_question UNIQUE (response_id, question), 
	CONSTRAINT ck_answer_difference_verdict CHECK (verdict IN ('logged_right', 'spoken_right', 'unclear'))
);
INSERT INTO "answer_difference" VALUES(1,1,'overall',9.0,8.0,1,3.0,4.0,'八分',0.9,'2026-11-09 02:00:00.000000',NULL,'',NULL,NULL);
CREATE TABLE api_token (
	id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	scopes JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_api_token PRIMARY KEY (id), 
	CONSTRAINT fk_api_token_user_id_user FOREIGN KEY(user_id) REFERENCES user (id), 
	CONSTRAINT uq_api_token_token_hash UNIQUE (token_hash)
);
INSERT INTO "api_token" VALUES(1,'crm','9a6ef6ee78057479e8b8259af80537851503a28c729d2d9e76173d5b8d12ce8e',2,'["cases:read"]','2026-11-09 02:00:00.000000','2026-11-18 02:00:00.000000',NULL);
CREATE TABLE attachment (
	id INTEGER NOT NULL, 
	case_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	mime VARCHAR(100) NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_attachment PRIMARY KEY (id), 
	CONSTRAINT fk_attachment_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_attachment_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id)
);
INSERT INTO "attachment" VALUES(1,1,'bill.pdf','application/pdf',4,'623210167553939c87ed8c5f2bfe0b3e0684e12c3a3dd2513613c4e67263b5a1','62/623210167553939c87ed8c5f2bfe0b3e0684e12c3a3dd2513613c4e67263b5a1',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	purpose TEXT NOT NULL, 
	unit_id INTEGER NOT NULL, 
	first DATE NOT NULL, 
	last DATE NOT NULL, 
	class_code VARCHAR(80) NOT NULL, 
	rate DOUBLE NOT NULL, 
	chance DOUBLE NOT NULL, 
	wanted INTEGER, 
	checklist TEXT NOT NULL, 
	commitment VARCHAR(64) NOT NULL, 
	seed_sealed TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT ck_audit_first_before_last CHECK (first <= last), 
	CONSTRAINT ck_audit_rate_is_a_share CHECK (rate > 0 AND rate < 1), 
	CONSTRAINT fk_audit_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_audit_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT ck_audit_auditkind CHECK (kind IN ('process', 'inspectors', 'callbacks'))
);
INSERT INTO "audit" VALUES(1,'process','例行',3,'2026-11-09','2026-11-09','',0.5,0.95,1,'# 投诉处理流程检查清单。applies_to 为空即对每件都问；received、on_time、four_parts、records 由系统先从记录给出建议，经人确认才算数。
kind: process
version: 1
title: {zh: 投诉处理流程检查, en: Audit of the complaint process}
items:
  - code: received
    question:
      zh: 是否在受理后 10 分钟内录入？
      en: "Was it entered within 10 minutes of being received?"
    judge:
      zh: 比较受理时间与录入时间；事后补录须有说明
      en: "Compare when it was received and entered; a late entry needs its reason"
    severity: minor
  - code: classed
    question:
      zh: 投诉分类是否正确？
      en: "Is it classed right?"
    judge:
      zh: 按客户原话与查证结果对照分类目录的二级类
      en: "Hold the customer''s words and what was found against the second level of the classes"
    severity: major
  - code: on_time
    question:
      zh: 各环节是否都在时限内？
      en: "Was every step taken on time?"
    judge:
      zh: 看该工单所有时限；暂停须有依据，延期须已告知客户
      en: "Look at all its deadlines; a pause needs its ground, a delay must have been told to the customer"
    severity: major
  - code: four_parts
    question:
      zh: 反馈是否含结果、原因、改进、感谢四部分？
      en: "Does the feedback have all four parts: result, cause, improvement, thanks?"
    judge:
      zh: 四部分都要有实质内容，改进应写明整改措施
      en: "Each of the four says something; the improvement names the measure"
    severity: minor
    applies_to: [fed_back]
  - code: satisfied_close
    question:
      zh: 结案是否有满意回访或经批准并有凭证？
      en: "Was it closed on a satisfied callback, or with approval and proof?"
    judge:
      zh: 看结案回访结果；不满意或联系不上的，看审批与凭证
      en: "See the closing callback; if not satisfied or unreached, the approval and the proof"
    severity: severe
    applies_to: [closed]
  - code: records
    question:
      zh: 记录是否完整？
      en: "Are the records complete?"
    judge:
      zh: 分类、诉求、核查、回单、反馈、回访、退费、附件齐全且前后一致
      en: "Class, demand, assessment, return slip, feedback, callback, credit and attachments are there and agree"
    severity: minor
','5040a297ac22bc9e18b1fd6e8d0d30cd29f5a6822a06714306f9aa0fb3905e02','v1.bV84XnXmUlW1HCm9beufjm36zI8mAG6xQOzEoj7w-Rsg68kGYX4lgoEzfCYohTTE0gLX-W-TRtDx1cgcyCn6PTN7clT4Qn88kR_GGKZFOHAsgB1xRPwMqQNR1AU=','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE audit_check (
	id INTEGER NOT NULL, 
	piece_id INTEGER NOT NULL, 
	item VARCHAR(40) NOT NULL, 
	result VARCHAR(40) NOT NULL, 
	words TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	CONSTRAINT pk_audit_check PRIMARY KEY (id), 
	CONSTRAINT fk_audit_check_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_audit_check_piece_id_audit_piece FOREIGN KEY(piece_id) REFERENCES audit_piece (id), 
	CONSTRAINT ck_audit_check_result CHECK (result IN ('met', 'not_met', 'not_applicable'))
);
INSERT INTO "audit_check" VALUES(1,1,'classed','not_met','错','受理记录','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE audit_draw (
	audit_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	seed VARCHAR(64) NOT NULL, 
	frame_sha256 VARCHAR(64) NOT NULL, 
	frame JSON NOT NULL, 
	n INTEGER NOT NULL, 
	CONSTRAINT pk_audit_draw PRIMARY KEY (audit_id), 
	CONSTRAINT fk_audit_draw_audit_id_audit FOREIGN KEY(audit_id) REFERENCES audit (id), 
	CONSTRAINT fk_audit_draw_by_id_user FOREIGN KEY(by_id) REFERENCES user (id)
);
INSERT INTO "audit_draw" VALUES(1,'2026-11-09 02:00:00.000000',NULL,'b7f28bda631aad3e4f6f2a06de52e39cdfd5ecf606bcebff834f2f310e39a8ee','63313c7c27758a66ad966381aca5fb98f79d1b97fd76552fb1d69f77cce71b7c','[[1, 0, 3, "process", "2026-11-09", []], [2, 0, 3, "process", "2026-11-09", []], [3, 0, 3, "process", "2026-11-09", []], [4, 0, 3, "process", "2026-11-09", []], [5, 0, 3, "process", "2026-11-09", []], [6, 0, 3, "process", "2026-11-09", []]]',1);
CREATE TABLE audit_piece (
	id INTEGER NOT NULL, 
	audit_id INTEGER NOT NULL, 
	piece INTEGER NOT NULL, 
	rank INTEGER NOT NULL, 
	label VARCHAR(120) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	person_id INTEGER, 
	call_pk INTEGER, 
	case_id INTEGER, 
	tags JSON NOT NULL, 
	proposals JSON NOT NULL, 
	checker_id INTEGER, 
	evaluation_id INTEGER, 
	CONSTRAINT pk_audit_piece PRIMARY KEY (id), 
	CONSTRAINT fk_audit_piece_audit_id_audit FOREIGN KEY(audit_id) REFERENCES audit (id), 
	CONSTRAINT fk_audit_piece_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_audit_piece_checker_id_user FOREIGN KEY(checker_id) REFERENCES user (id), 
	CONSTRAINT fk_audit_piece_evaluation_id_evaluation FOREIGN KEY(evaluation_id) REFERENCES evaluation (id), 
	CONSTRAINT fk_audit_piece_person_id_user FOREIGN KEY(person_id) REFERENCES user (id), 
	CONSTRAINT fk_audit_piece_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_audit_piece_audit_id_piece UNIQUE (audit_id, piece)
);
INSERT INTO "audit_piece" VALUES(1,1,6,1,'TS20261109-00006',3,'2026-11-09',NULL,NULL,6,'[]','{"on_time": {"result": "met", "said": {"deadlines": 3, "late": 0, "clocks": ""}}, "received": {"result": "met", "said": {"minutes": 0}}}',NULL,NULL);
CREATE TABLE audit_step (
	id INTEGER NOT NULL, 
	audit_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_audit_step PRIMARY KEY (id), 
	CONSTRAINT fk_audit_step_audit_id_audit FOREIGN KEY(audit_id) REFERENCES audit (id), 
	CONSTRAINT fk_audit_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT uq_audit_step_audit_id_kind UNIQUE (audit_id, kind), 
	CONSTRAINT ck_audit_step_auditstep CHECK (kind IN ('planned', 'drawn', 'checking', 'reported', 'closed'))
);
INSERT INTO "audit_step" VALUES(1,1,'planned','2026-11-09 02:00:00.000000',NULL,'例行');
INSERT INTO "audit_step" VALUES(2,1,'drawn','2026-11-09 02:00:00.000000',NULL,'');
INSERT INTO "audit_step" VALUES(3,1,'checking','2026-11-09 02:00:00.000000',NULL,'');
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
INSERT INTO "case_deadline" VALUES(1,'return',2,'2026-11-09 02:00:00.000000','2026-11-10 16:24:00.000000','2026-11-11 02:00:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(1,'return',4,'2026-11-09 02:00:00.000000','2026-11-10 16:24:00.000000','2026-11-11 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(1,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(1,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(2,'register',1,'2026-11-09 02:00:00.000000','2026-11-09 02:08:00.000000','2026-11-09 02:10:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(2,'first_result_simple',1,'2026-11-09 02:00:00.000000','2026-11-09 21:12:00.000000','2026-11-10 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(2,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(2,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(3,'register',1,'2026-11-09 02:00:00.000000','2026-11-09 02:08:00.000000','2026-11-09 02:10:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(3,'first_result_simple',1,'2026-11-09 02:00:00.000000','2026-11-09 21:12:00.000000','2026-11-10 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(3,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(3,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(4,'register',1,'2026-11-09 02:00:00.000000','2026-11-09 02:08:00.000000','2026-11-09 02:10:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(4,'first_result_simple',1,'2026-11-09 02:00:00.000000','2026-11-09 21:12:00.000000','2026-11-10 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(4,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(4,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(5,'register',1,'2026-11-09 02:00:00.000000','2026-11-09 02:08:00.000000','2026-11-09 02:10:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(5,'first_result_simple',1,'2026-11-09 02:00:00.000000','2026-11-09 21:12:00.000000','2026-11-10 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(5,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(5,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(6,'register',1,'2026-11-09 02:00:00.000000','2026-11-09 02:08:00.000000','2026-11-09 02:10:00.000000','2026-11-09 02:00:00.000000',0,0);
INSERT INTO "case_deadline" VALUES(6,'first_result_simple',1,'2026-11-09 02:00:00.000000','2026-11-09 21:12:00.000000','2026-11-10 02:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(6,'answer',1,'2026-11-09 02:00:00.000000','2026-11-21 13:12:00.000000','2026-11-24 16:00:00.000000',NULL,0,0);
INSERT INTO "case_deadline" VALUES(6,'close',1,'2026-11-09 02:00:00.000000','2026-11-25 10:30:00.000000','2026-11-30 16:00:00.000000',NULL,0,0);
CREATE TABLE case_number (
	day DATE NOT NULL, 
	given INTEGER NOT NULL, 
	CONSTRAINT pk_case_number PRIMARY KEY (day)
);
INSERT INTO "case_number" VALUES('2026-11-09',6);
CREATE TABLE "case_step" (
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
	CONSTRAINT fk_case_step_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT uq_case_step_case_id_number UNIQUE (case_id, number), 
	CONSTRAINT fk_case_step_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT fk_case_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT ck_case_step_stepkind CHECK (kind IN ('received', 'acknowledged', 'assessed', 'assigned', 'solved_on_the_spot', 'dispatched', 'sent_back', 'urged', 'returned', 'return_refused', 'responsibility_decided', 'second_dispatched', 'manager_hotline', 'held_accountable', 'accountable_replied', 'consented', 'remedy_requested', 'remedy_granted', 'remedy_credited', 'progress_told', 'delay_told', 'paused', 'resumed', 'fed_back', 'called_back', 'recontacted', 'reopened', 'appealed', 'close_requested', 'closed', 'archived', 'mended', 'sender_answered', 'settled', 'noted'))
);
INSERT INTO "case_step" VALUES(1,1,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(2,1,2,'dispatched','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',3,'{"unit": 3}');
INSERT INTO "case_step" VALUES(3,2,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(4,3,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(5,4,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(6,5,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(7,6,1,'received','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{}');
INSERT INTO "case_step" VALUES(8,1,3,'sent_back','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',NULL,'{"reason": "r"}');
INSERT INTO "case_step" VALUES(9,1,4,'dispatched','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,'',3,'{"unit": 3, "supporting": [3]}');
CREATE TABLE case_support (
	case_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	CONSTRAINT pk_case_support PRIMARY KEY (case_id, unit_id), 
	CONSTRAINT fk_case_support_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT fk_case_support_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id)
);
INSERT INTO "case_support" VALUES(1,3);
CREATE TABLE coaching (
	id INTEGER NOT NULL, 
	agent_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	coach_id INTEGER, 
	planned_for DATE NOT NULL, 
	words TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_coaching PRIMARY KEY (id), 
	CONSTRAINT fk_coaching_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_coaching_coach_id_user FOREIGN KEY(coach_id) REFERENCES user (id), 
	CONSTRAINT fk_coaching_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id)
);
INSERT INTO "coaching" VALUES(1,4,3,NULL,'2026-11-09','','2026-11-09 02:00:00.000000');
CREATE TABLE coaching_clip (
	id INTEGER NOT NULL, 
	coaching_id INTEGER NOT NULL, 
	call_pk INTEGER NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	start_s DOUBLE, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_coaching_clip PRIMARY KEY (id), 
	CONSTRAINT fk_coaching_clip_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_coaching_clip_coaching_id_coaching FOREIGN KEY(coaching_id) REFERENCES coaching (id)
);
INSERT INTO "coaching_clip" VALUES(1,1,1,'greeting',1.5,'您好');
CREATE TABLE coaching_goal (
	coaching_id INTEGER NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_coaching_goal PRIMARY KEY (coaching_id, criterion), 
	CONSTRAINT fk_coaching_goal_coaching_id_coaching FOREIGN KEY(coaching_id) REFERENCES coaching (id)
);
INSERT INTO "coaching_goal" VALUES(1,'greeting','报工号');
CREATE TABLE coaching_step (
	id INTEGER NOT NULL, 
	coaching_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_coaching_step PRIMARY KEY (id), 
	CONSTRAINT fk_coaching_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_coaching_step_coaching_id_coaching FOREIGN KEY(coaching_id) REFERENCES coaching (id), 
	CONSTRAINT ck_coaching_step_coachingstep CHECK (kind IN ('held', 'acknowledged', 'followed_up', 'cancelled'))
);
INSERT INTO "coaching_step" VALUES(1,1,'held','2026-11-09 02:00:00.000000',NULL,'');
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
INSERT INTO "complaint_case" VALUES(2,'TS20261109-00002','complaint','hotline','ordinary','fees/wrong_bill','多扣了20元','','','东城','','',2,3,NULL,NULL,'provincial','2026-11-09 02:00:00.000000',NULL);
INSERT INTO "complaint_case" VALUES(3,'TS20261109-00003','complaint','hotline','ordinary','fees/wrong_bill','多扣了20元','','','东城','','',3,3,NULL,NULL,'provincial','2026-11-09 02:00:00.000000',NULL);
INSERT INTO "complaint_case" VALUES(4,'TS20261109-00004','complaint','hotline','ordinary','fees/wrong_bill','多扣了20元','','','东城','','',4,3,NULL,NULL,'provincial','2026-11-09 02:00:00.000000',NULL);
INSERT INTO "complaint_case" VALUES(5,'TS20261109-00005','complaint','hotline','ordinary','fees/wrong_bill','多扣了20元','','','东城','','',5,3,NULL,NULL,'provincial','2026-11-09 02:00:00.000000',NULL);
INSERT INTO "complaint_case" VALUES(6,'TS20261109-00006','complaint','hotline','ordinary','fees/wrong_bill','多扣了20元','','','东城','','',6,3,NULL,NULL,'provincial','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE correction (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	call_pk INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	at_s DOUBLE, 
	said VARCHAR(500) NOT NULL, 
	is_right TEXT NOT NULL, 
	due_at DATETIME NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_correction PRIMARY KEY (id), 
	CONSTRAINT fk_correction_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_correction_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_correction_task_id_survey_task FOREIGN KEY(task_id) REFERENCES survey_task (id), 
	CONSTRAINT fk_correction_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_correction_task_id UNIQUE (task_id)
);
INSERT INTO "correction" VALUES(1,3,1,3,3.5,'套餐下月生效','套餐次日生效','2026-11-11 16:00:00.000000',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE corrective_action (
	id INTEGER NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	cause TEXT NOT NULL, 
	task TEXT NOT NULL, 
	class_code VARCHAR(80) NOT NULL, 
	place VARCHAR(120) NOT NULL, 
	product VARCHAR(120) NOT NULL, 
	campaign VARCHAR(120) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	owner_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	source_kind VARCHAR(20) NOT NULL, 
	source_id INTEGER, 
	by_id INTEGER, 
	opened_at DATETIME NOT NULL, 
	CONSTRAINT pk_corrective_action PRIMARY KEY (id), 
	CONSTRAINT fk_corrective_action_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_corrective_action_owner_id_user FOREIGN KEY(owner_id) REFERENCES user (id), 
	CONSTRAINT fk_corrective_action_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_corrective_action_number UNIQUE (number)
);
INSERT INTO "corrective_action" VALUES(1,'ZG2026-00001','整改','重复计费','改程序','','','','',3,2,'2026-11-09','analysis',NULL,NULL,'2026-11-09 02:00:00.000000');
INSERT INTO "corrective_action" VALUES(2,'ZG2026-00002','分类','不熟悉目录','培训','','','','',3,2,'2026-11-09','finding',1,NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE corrective_step (
	id INTEGER NOT NULL, 
	action_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	words TEXT NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_corrective_step PRIMARY KEY (id), 
	CONSTRAINT fk_corrective_step_action_id_corrective_action FOREIGN KEY(action_id) REFERENCES corrective_action (id), 
	CONSTRAINT fk_corrective_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT uq_corrective_step_action_id_number UNIQUE (action_id, number), 
	CONSTRAINT ck_corrective_step_actionkind CHECK (kind IN ('opened', 'proof_given', 'proof_refused', 'verified', 'reopened', 'noted'))
);
INSERT INTO "corrective_step" VALUES(1,1,1,'opened','改程序',NULL,'2026-11-09 02:00:00.000000');
INSERT INTO "corrective_step" VALUES(2,2,1,'opened','培训',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE customer (
	id INTEGER NOT NULL, 
	name_sealed TEXT NOT NULL, 
	phone_sealed TEXT NOT NULL, 
	phone_fingerprint VARCHAR(64) NOT NULL, 
	tier VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, email_sealed TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_customer PRIMARY KEY (id), 
	CONSTRAINT uq_customer_phone_fingerprint UNIQUE (phone_fingerprint)
);
INSERT INTO "customer" VALUES(1,'v1.QfP6vpfZ_5osmGTpp3taYsnJkpHa88gUgv8CA7dPUwgMBA==','v1.im9U2dmDLI2nKXew5KnFeoGYHs919s3nUIHzfxZdsPeq43GdD59Pmq5W','b8d84153a65798a68e9089fd76438235b38ad160d94a1174b8aac4b96a2d5f30','','2026-11-09 02:00:00.000000','');
INSERT INTO "customer" VALUES(2,'v1.WgVcG11sOJLyrqbp8ro4rrZKEwuoZvGQZZTB7aC89tetpg==','v1.l2Nnfj9UkTXYDt_hyz4Ff9w7y4wT-cC6wr8EBf0TS9dzcEfnQSv3zroF','bdd3458b15ae1014946a1c75d40f11378306aa39093dcb6aa1713b57cdbc39da','','2026-11-09 02:00:00.000000','');
INSERT INTO "customer" VALUES(3,'v1.ITLKB-foLvVaT1qROsQ2pB1GzDpruGWNIHVAMxnb6ukUuw==','v1.wVNgr1xgnIA8yUq8pJicqAdy-rZUMhL-CuBtrHh1O44iuVspEYp_20PY','c46dbe155a723cab4af7a4f9d13c6ca7336644bee608ed4ff927217dd36ed3b8','','2026-11-09 02:00:00.000000','');
INSERT INTO "customer" VALUES(4,'v1.XAshozXL2mOmMJJwFQASZXnOZEbEy6ERo1t9nF646zx_Mw==','v1.5ElI-plAJ5BaTWiynXP-uFR0oWv93uHcxjMgliUXgSZ7IEgwRZEedOir','7f293e381121ee8c5ce9e26a7dd95a28668bf6545bf1365d764c237384d50ed5','','2026-11-09 02:00:00.000000','');
INSERT INTO "customer" VALUES(5,'v1.8SUXgOCD4uMszQfU7PP7TPOwrasg-ja5oKfibzYXleBDzg==','v1.hZsQZZ4ulc43Y9MNUn-kOm_wCdsGSejh3R6Axk3LlKYPAJLSmRC2P9R_','feefc5d435662e3b1110fcdeb5dea945867d58d16f75e39cc76d09b214d7b925','','2026-11-09 02:00:00.000000','');
INSERT INTO "customer" VALUES(6,'v1.4nGQfar17V9saMBxxAGNuxdxulq1URLUhA_fIPQ-TOXCgg==','v1.8BTMJ2r1jkK3FIr-WQgKjKIhgtwY0AkS37RY_ZtCcFa5tUNkw0bQC1Sy','3af550a91afd536d7ed7c9f87ad29f28a55ca838ee80b0656ea44ac35f044a17','','2026-11-09 02:00:00.000000','');
CREATE TABLE dispute_step (
	id INTEGER NOT NULL, 
	evaluation_id INTEGER NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	verdict VARCHAR(40), 
	words TEXT NOT NULL, 
	CONSTRAINT pk_dispute_step PRIMARY KEY (id), 
	CONSTRAINT fk_dispute_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_dispute_step_evaluation_id_evaluation FOREIGN KEY(evaluation_id) REFERENCES evaluation (id), 
	CONSTRAINT ck_dispute_step_stepkind CHECK (kind IN ('told', 'signed', 'disputed', 'withdrawn', 'decided', 'second_disputed', 'second_decided')), 
	CONSTRAINT ck_dispute_step_verdict CHECK (verdict IN ('met', 'partly_met', 'not_met', 'not_applicable', 'abstained'))
);
INSERT INTO "dispute_step" VALUES(1,2,'','told','2026-11-09 02:00:00.000000',NULL,NULL,'');
CREATE TABLE do_not_contact (
	id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	until DATETIME, 
	reason VARCHAR(500) NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	ended_at DATETIME, 
	ended_by_id INTEGER, 
	CONSTRAINT pk_do_not_contact PRIMARY KEY (id), 
	CONSTRAINT fk_do_not_contact_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_do_not_contact_customer_id_customer FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_do_not_contact_ended_by_id_user FOREIGN KEY(ended_by_id) REFERENCES user (id)
);
INSERT INTO "do_not_contact" VALUES(1,6,NULL,'不愿接听',NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
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
	replaces_id INTEGER, purpose VARCHAR(16) DEFAULT 'score' NOT NULL, 
	CONSTRAINT pk_evaluation PRIMARY KEY (id), 
	CONSTRAINT ck_evaluation_person_is_named CHECK ((author = 'person') = (author_id IS NOT NULL)), 
	CONSTRAINT fk_evaluation_author_id_user FOREIGN KEY(author_id) REFERENCES user (id), 
	CONSTRAINT fk_evaluation_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_evaluation_replaces_id_evaluation FOREIGN KEY(replaces_id) REFERENCES evaluation (id), 
	CONSTRAINT fk_evaluation_scorecard_id_scorecard FOREIGN KEY(scorecard_id) REFERENCES scorecard (id), 
	CONSTRAINT fk_evaluation_transcript_id_transcript FOREIGN KEY(transcript_id) REFERENCES transcript (id), 
	CONSTRAINT ck_evaluation_author CHECK (author IN ('machine', 'person'))
);
INSERT INTO "evaluation" VALUES(1,1,1,1,'machine',NULL,'2026-11-09 02:00:00.000000',0.0,0,'[]',NULL,NULL,'score');
INSERT INTO "evaluation" VALUES(2,1,1,1,'person',2,'2026-11-09 02:00:00.000000',100.0,NULL,'[]',NULL,NULL,'score');
CREATE TABLE finding (
	id INTEGER NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	audit_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	item VARCHAR(40) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	severity VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	CONSTRAINT pk_finding PRIMARY KEY (id), 
	CONSTRAINT fk_finding_audit_id_audit FOREIGN KEY(audit_id) REFERENCES audit (id), 
	CONSTRAINT fk_finding_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_finding_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_finding_number UNIQUE (number), 
	CONSTRAINT uq_finding_unit_id_kind_item UNIQUE (unit_id, kind, item), 
	CONSTRAINT ck_finding_auditkind CHECK (kind IN ('process', 'inspectors', 'callbacks')), 
	CONSTRAINT ck_finding_severity CHECK (severity IN ('minor', 'major', 'severe'))
);
INSERT INTO "finding" VALUES(1,'WT2026-00001',1,'process','classed',3,'major','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE finding_step (
	id INTEGER NOT NULL, 
	finding_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	words TEXT NOT NULL, 
	person_id INTEGER, 
	due_on DATE, 
	action_id INTEGER, 
	audit_id INTEGER, 
	CONSTRAINT pk_finding_step PRIMARY KEY (id), 
	CONSTRAINT fk_finding_step_audit_id_audit FOREIGN KEY(audit_id) REFERENCES audit (id), 
	CONSTRAINT fk_finding_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_finding_step_finding_id_finding FOREIGN KEY(finding_id) REFERENCES finding (id), 
	CONSTRAINT fk_finding_step_person_id_user FOREIGN KEY(person_id) REFERENCES user (id), 
	CONSTRAINT ck_finding_step_findingstep CHECK (kind IN ('opened', 'cause_noted', 'action_opened', 'proof_given', 'proof_refused', 'closed', 'action_reopened', 'seen_again', 'reopened', 'held_accountable', 'replied'))
);
INSERT INTO "finding_step" VALUES(1,1,'opened','2026-11-09 02:00:00.000000',NULL,'TS20261109-00006: 分类错了',NULL,NULL,NULL,1);
INSERT INTO "finding_step" VALUES(2,1,'cause_noted','2026-11-09 02:00:00.000000',NULL,'不熟悉目录',NULL,NULL,NULL,NULL);
INSERT INTO "finding_step" VALUES(3,1,'action_opened','2026-11-09 02:00:00.000000',NULL,'培训',2,'2026-11-09',2,NULL);
CREATE TABLE idempotency (
	token_id INTEGER NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	request_hash VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	body JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency PRIMARY KEY (token_id, "key"), 
	CONSTRAINT fk_idempotency_token_id_api_token FOREIGN KEY(token_id) REFERENCES api_token (id)
);
INSERT INTO "idempotency" VALUES(1,'k','f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310',201,'{"number": "1"}','2026-11-09 02:00:00.000000');
CREATE TABLE inspector_capacity (
	inspector_id INTEGER NOT NULL, 
	calls INTEGER NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_inspector_capacity PRIMARY KEY (inspector_id), 
	CONSTRAINT fk_inspector_capacity_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_inspector_capacity_inspector_id_user FOREIGN KEY(inspector_id) REFERENCES user (id)
);
INSERT INTO "inspector_capacity" VALUES(2,12,NULL,'2026-11-09 02:00:00.000000');
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
INSERT INTO "job" VALUES(5,'notice','notice:1','{"notice_id": 1}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(6,'notice','notice:2','{"notice_id": 2}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(7,'notice','notice:3','{"notice_id": 3}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(8,'notice','notice:4','{"notice_id": 4}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(9,'notice','notice:5','{"notice_id": 5}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(10,'notice','notice:6','{"notice_id": 6}',20,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(11,'webhook','webhook:1:TS20261109-00001:3','{"webhook_id": 1, "body": "{\"at\": \"2026-11-09T02:00:00+00:00\", \"case\": \"TS20261109-00001\", \"event\": \"case.step\", \"id\": \"TS20261109-00001:3\", \"state\": \"in_hand\", \"step\": \"sent_back\"}"}',10,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
INSERT INTO "job" VALUES(12,'webhook','webhook:1:TS20261109-00001:4','{"webhook_id": 1, "body": "{\"at\": \"2026-11-09T02:00:00+00:00\", \"case\": \"TS20261109-00001\", \"event\": \"case.step\", \"id\": \"TS20261109-00001:4\", \"state\": \"dispatched\", \"step\": \"dispatched\"}"}',10,'waiting','2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',0,0,NULL,NULL,0.0,NULL);
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
INSERT INTO "journal" VALUES(15,'2026-11-09 02:00:00.000000',NULL,'system','notice.compose','case:1','{"template": "registered", "sender": "sms"}','31e4a735aa90d03fa1de74256824d0cfe4a79cff746e4c555016307187ec75d6','a74837dd55eeec3bb3904be728a0b183dc9d69ded5f0f3a428c3b520e89acea6');
INSERT INTO "journal" VALUES(16,'2026-11-09 02:00:00.000000',NULL,'system','case.dispatched','case:1','{"step": 2}','a74837dd55eeec3bb3904be728a0b183dc9d69ded5f0f3a428c3b520e89acea6','35c97236da243aa0b9692f5da4500baccbf52561b9f02bc673a21bf150b25500');
INSERT INTO "journal" VALUES(17,'2026-11-09 02:00:00.000000',NULL,'system','attachment.add','case:1','{"name": "bill.pdf", "sha256": "623210167553939c87ed8c5f2bfe0b3e0684e12c3a3dd2513613c4e67263b5a1"}','35c97236da243aa0b9692f5da4500baccbf52561b9f02bc673a21bf150b25500','f85cccd5c029718ad55eb4175d09e3a2f3e7dc24ba394965bdcb54b383a93b01');
INSERT INTO "journal" VALUES(18,'2026-11-09 02:00:00.000000',NULL,'system','event.register','event:1','{"title": "\u5272\u63a5", "kind": "outage"}','f85cccd5c029718ad55eb4175d09e3a2f3e7dc24ba394965bdcb54b383a93b01','fe23600414c3db37db2506b0013b8401ed5d1f350116d50949f0afdfbaa6a847');
INSERT INTO "journal" VALUES(19,'2026-11-09 02:00:00.000000',NULL,'system','case.register','case:2','{"number": "TS20261109-00002", "channel": "hotline"}','fe23600414c3db37db2506b0013b8401ed5d1f350116d50949f0afdfbaa6a847','5d23dee2b28e05f819bd8eecf3f3629fdc70d032ada9f6599cebb53905962329');
INSERT INTO "journal" VALUES(20,'2026-11-09 02:00:00.000000',NULL,'system','notice.compose','case:2','{"template": "registered", "sender": "sms"}','5d23dee2b28e05f819bd8eecf3f3629fdc70d032ada9f6599cebb53905962329','7431050b44b1ba9cc34e3ff8604b1744327ba2f54c71810f0271e609a3dd14cf');
INSERT INTO "journal" VALUES(21,'2026-11-09 02:00:00.000000',NULL,'system','case.register','case:3','{"number": "TS20261109-00003", "channel": "hotline"}','7431050b44b1ba9cc34e3ff8604b1744327ba2f54c71810f0271e609a3dd14cf','ce437bfcdd7b4d17c1d9c3ad3522572082bb1b36b2f2d6818e08c687162eda2c');
INSERT INTO "journal" VALUES(22,'2026-11-09 02:00:00.000000',NULL,'system','notice.compose','case:3','{"template": "registered", "sender": "sms"}','ce437bfcdd7b4d17c1d9c3ad3522572082bb1b36b2f2d6818e08c687162eda2c','1485ca150775f433483eba7ea101bfdceebcdac5316be0dd461ed893915928a2');
INSERT INTO "journal" VALUES(23,'2026-11-09 02:00:00.000000',NULL,'system','case.register','case:4','{"number": "TS20261109-00004", "channel": "hotline"}','1485ca150775f433483eba7ea101bfdceebcdac5316be0dd461ed893915928a2','50116e5ec65eeceb92a5df239a64f18e0f2acd0a1dfd4e0ef1c04371b06feff6');
INSERT INTO "journal" VALUES(24,'2026-11-09 02:00:00.000000',NULL,'system','notice.compose','case:4','{"template": "registered", "sender": "sms"}','50116e5ec65eeceb92a5df239a64f18e0f2acd0a1dfd4e0ef1c04371b06feff6','53f19e02e27c392c4b5a27c00e5ff02238770fc46b26dc271ab6141bd4294799');
INSERT INTO "journal" VALUES(25,'2026-11-09 02:00:00.000000',NULL,'system','case.register','case:5','{"number": "TS20261109-00005", "channel": "hotline"}','53f19e02e27c392c4b5a27c00e5ff02238770fc46b26dc271ab6141bd4294799','8f2833829e671c62f2214d88d0e6d67cf9f5586393beee95f67ebb453096ce8b');
INSERT INTO "journal" VALUES(26,'2026-11-09 02:00:00.000000',NULL,'system','notice.compose','case:5','{"template": "registered", "sender": "sms"}','8f2833829e671c62f2214d88d0e6d67cf9f5586393beee95f67ebb453096ce8b','365e047854b8f3b2b1fcacdb8dc8802b046997dfcfca1ff8389c5f2de5fbe211');
INSERT INTO "journal" VALUES(27,'2026-11-09 02:00:00.000000',NULL,'system','case.register','case:6','{"number": "TS20261109-00006", "channel": "hotline"}','365e047854b8f3b2b1fcacdb8dc8802b046997dfcfca1ff8389c5f2de5fbe211','fe60e83cb01933d911398ac0fb9187183f413938908bb7a1976c09e0da3b8bed');
INSERT INTO "journal" VALUES(28,'2026-11-09 02:00:00.000000',NULL,'system','notice.compose','case:6','{"template": "registered", "sender": "sms"}','fe60e83cb01933d911398ac0fb9187183f413938908bb7a1976c09e0da3b8bed','009436ca210b3d90ec47a1c9661acad549191f6881a073fa81e84db06fa41a4a');
INSERT INTO "journal" VALUES(29,'2026-11-09 02:00:00.000000',NULL,'system','alert.raise','alert:1','{"cases": 5, "kind": "class_code=fees/wrong_bill|place=\u4e1c\u57ce"}','009436ca210b3d90ec47a1c9661acad549191f6881a073fa81e84db06fa41a4a','ba865b24a52dd60dc943d791f13322b2725d6db958ea102890593d02031452e7');
INSERT INTO "journal" VALUES(30,'2026-11-09 02:00:00.000000',NULL,'system','action.opened','action:1','{"number": "ZG2026-00001", "unit": 3}','ba865b24a52dd60dc943d791f13322b2725d6db958ea102890593d02031452e7','faa6d9bc6acfe4b9c75bdf6f410439142a1dc5a4b760b54e4c2f0c2350faf2c9');
INSERT INTO "journal" VALUES(31,'2026-11-18 02:00:00.000000',NULL,'system','alarms.raise','alarms','{"raised": 7}','faa6d9bc6acfe4b9c75bdf6f410439142a1dc5a4b760b54e4c2f0c2350faf2c9','697778894e76f74520c8cbcae1bdc46529a5a2e00dd9ae4881e45e555fd03b5b');
INSERT INTO "journal" VALUES(32,'2026-11-09 02:00:00.000000',NULL,'system','rule.publish','rule:targets/default','{"version": 1, "effective_from": "2026-11-09T02:00:00+00:00", "reason": "\u9996\u6b21"}','697778894e76f74520c8cbcae1bdc46529a5a2e00dd9ae4881e45e555fd03b5b','724a1a55f5497af02e4570ebc4fad55fb31df1d7904d4efb4de140b5d09949d2');
INSERT INTO "journal" VALUES(33,'2026-11-09 02:00:00.000000',NULL,'system','token.add','token:1','{"name": "crm", "user": 2, "scopes": ["cases:read"]}','724a1a55f5497af02e4570ebc4fad55fb31df1d7904d4efb4de140b5d09949d2','6b7e2d76368af1575de914a90bccc1ff5f7b6854174494334dedbb474bcf1b96');
INSERT INTO "journal" VALUES(34,'2026-11-09 02:00:00.000000',NULL,'system','webhook.subscribe','webhook:1','{"name": "crm", "url": "https://crm.example.com/x"}','6b7e2d76368af1575de914a90bccc1ff5f7b6854174494334dedbb474bcf1b96','63880022d62e6010ac8b75b71c285567ed4876931614fed36d7745956922feb6');
INSERT INTO "journal" VALUES(35,'2026-11-09 02:00:00.000000',NULL,'system','case.link_call','case:1','{"call": 1}','63880022d62e6010ac8b75b71c285567ed4876931614fed36d7745956922feb6','9f36a493a058b703b432a23e8f4160978672a03e0ff161f7fef07ece5959298f');
INSERT INTO "journal" VALUES(36,'2026-11-09 02:00:00.000000',NULL,'system','case.sent_back','case:1','{"step": 3}','9f36a493a058b703b432a23e8f4160978672a03e0ff161f7fef07ece5959298f','2d843622031cad56810f2c0e2c760490a8a044bbe707cffa6b47fc5fd6135939');
INSERT INTO "journal" VALUES(37,'2026-11-09 02:00:00.000000',NULL,'system','case.dispatched','case:1','{"step": 4}','2d843622031cad56810f2c0e2c760490a8a044bbe707cffa6b47fc5fd6135939','4ec614f917a4532b2516ad9a19c3849f1d9407671d2bcb112cf0cc9e1dcf414a');
INSERT INTO "journal" VALUES(38,'2026-11-09 02:00:00.000000',NULL,'system','answers.differ','response:1','{"questions": 1}','4ec614f917a4532b2516ad9a19c3849f1d9407671d2bcb112cf0cc9e1dcf414a','4c0f05eaefa481e1c5655e56191fa515e8433a02f2458acbae926501467dc9f1');
INSERT INTO "journal" VALUES(39,'2026-11-09 02:00:00.000000',NULL,'system','task.end','task:1','{"outcome": "barred"}','4c0f05eaefa481e1c5655e56191fa515e8433a02f2458acbae926501467dc9f1','cf343e00275a971a01b379caeeb940c6e4bce8b93b1fb89b1736bdfb54a49105');
INSERT INTO "journal" VALUES(40,'2026-11-09 02:00:00.000000',NULL,'system','task.end','task:2','{"outcome": "barred"}','cf343e00275a971a01b379caeeb940c6e4bce8b93b1fb89b1736bdfb54a49105','6a99bcb5922f95818a03f3e0dfe2dcb397b135d173d068ef7e596e7136382384');
INSERT INTO "journal" VALUES(41,'2026-11-09 02:00:00.000000',NULL,'system','customer.bar','customer:6','{"reason": "\u4e0d\u613f\u63a5\u542c"}','6a99bcb5922f95818a03f3e0dfe2dcb397b135d173d068ef7e596e7136382384','5907c9d25d3777bade33a278fd173092dc9f675c01b14ffb835db74b22d94af4');
INSERT INTO "journal" VALUES(42,'2026-11-09 02:00:00.000000',NULL,'system','sample.open','period:1','{"name": "2026-11", "commitment": "4323f0cee267547ee5f9b1c16cf106f2bf8e0468a002efc3e858af4c54f6dad4", "first": "2026-11-09", "last": "2026-11-29"}','5907c9d25d3777bade33a278fd173092dc9f675c01b14ffb835db74b22d94af4','858a20cb4008752f70c6b48c23d1463a8d154ab2ba174739c4d29300db7b2150');
INSERT INTO "journal" VALUES(43,'2026-11-09 02:00:00.000000',NULL,'system','sample.draw','period:1','{"part": 1, "frame": "276d2020759ba01d2403142ceef31262a0a3181ec184344d66db28d9c50854fc", "random": 1, "recheck": 1}','858a20cb4008752f70c6b48c23d1463a8d154ab2ba174739c4d29300db7b2150','203a769559b53dcb2c20746fd3c6db806839e1b26aff244b8dc6392f6474d1d7');
INSERT INTO "journal" VALUES(44,'2026-11-09 02:00:00.000000',NULL,'system','coaching.plan','coaching:1','{"user": 4}','203a769559b53dcb2c20746fd3c6db806839e1b26aff244b8dc6392f6474d1d7','2968846acd04bad39d2509e7271e71335a4bc18cef76c66156a20e0456ddc9e6');
INSERT INTO "journal" VALUES(45,'2026-11-09 02:00:00.000000',NULL,'system','coaching.held','coaching:1','{}','2968846acd04bad39d2509e7271e71335a4bc18cef76c66156a20e0456ddc9e6','06874f16d5391eb2c76773b51959515c0648431509e619bb4158277898d47369');
INSERT INTO "journal" VALUES(46,'2026-11-09 02:00:00.000000',NULL,'system','queue.capacity','user:2','{"calls": 12}','06874f16d5391eb2c76773b51959515c0648431509e619bb4158277898d47369','14d29c30ba4a23100e04bbf4b1b0eaf6dfd99190cb5e0124d4ecb39df4f18447');
INSERT INTO "journal" VALUES(47,'2026-11-09 02:00:00.000000',NULL,'system','user.add','user:5','{"login": "agent2", "unit": 2, "roles": ["agent"], "codes": ["A013"]}','14d29c30ba4a23100e04bbf4b1b0eaf6dfd99190cb5e0124d4ecb39df4f18447','31f7cd1104a19a947706e46ebfd6ade6439773b07ff8ca73d3d8d408b532d3ae');
INSERT INTO "journal" VALUES(48,'2026-11-09 02:00:00.000000',NULL,'system','mentor.pair','mentor:1','{"user": 4}','31f7cd1104a19a947706e46ebfd6ade6439773b07ff8ca73d3d8d408b532d3ae','70d99407295fb6a112ca87a15bc117bda84972877df93ab7c9ad5622f78a12e4');
INSERT INTO "journal" VALUES(49,'2026-11-09 02:00:00.000000',NULL,'system','training.given','training:1','{}','70d99407295fb6a112ca87a15bc117bda84972877df93ab7c9ad5622f78a12e4','7eecdab909ded725a138526668045181db95e88406d9d7fc4ba6f4f21522930a');
INSERT INTO "journal" VALUES(50,'2026-11-09 02:00:00.000000',NULL,'system','certificate.grant','certificate:1','{"user": 4}','7eecdab909ded725a138526668045181db95e88406d9d7fc4ba6f4f21522930a','7e0aa35687dfe594f91f881427225ece7db929fd56be93b9e9df9f3781a59777');
INSERT INTO "journal" VALUES(51,'2026-11-09 02:00:00.000000',NULL,'system','praise.give','call:1','{}','7e0aa35687dfe594f91f881427225ece7db929fd56be93b9e9df9f3781a59777','66c4f0d70db9a72e84ca935e251d328e773f1ba4e4977150217af5e4d6f4fcfc');
INSERT INTO "journal" VALUES(52,'2026-11-09 02:00:00.000000',NULL,'system','library.propose','library:1','{"call": 1}','66c4f0d70db9a72e84ca935e251d328e773f1ba4e4977150217af5e4d6f4fcfc','4ea7a7aee5cfa6b8cd67cfdc0c0ad6f47ce8f242c75b7be4910b363d3ccffb42');
INSERT INTO "journal" VALUES(53,'2026-11-09 02:00:00.000000',4,'agent','library.agreed','library:1','{}','4ea7a7aee5cfa6b8cd67cfdc0c0ad6f47ce8f242c75b7be4910b363d3ccffb42','f7f047c4a27b0204a433fd78479d3ba793323f1332bf034ebc87b7a98a5eccf4');
INSERT INTO "journal" VALUES(54,'2026-11-09 02:00:00.000000',NULL,'system','performance.close','month:2026-10','{"figures": 1}','f7f047c4a27b0204a433fd78479d3ba793323f1332bf034ebc87b7a98a5eccf4','f539e08b04d42063345d966604ffd9d44de383013c529762550f57b886287c08');
INSERT INTO "journal" VALUES(55,'2026-11-09 02:00:00.000000',NULL,'system','user.roles','user:2','{"before": [["inspector", 3]], "after": [["inspector", 3], ["shopper", 3]]}','f539e08b04d42063345d966604ffd9d44de383013c529762550f57b886287c08','ca364a79611ad6e6a3b67df2e3e68798ff520437e15103eec5bf0f7a72a1d422');
INSERT INTO "journal" VALUES(56,'2026-11-09 02:00:00.000000',NULL,'system','scenario.use','scenario:1','{"name": "unknown-charge-zh", "version": 1}','ca364a79611ad6e6a3b67df2e3e68798ff520437e15103eec5bf0f7a72a1d422','2ee7e01bde2710edbb7c8d36369220f1549b2ded92d3eecb19c6168ff777cd3f');
INSERT INTO "journal" VALUES(57,'2026-11-09 02:00:00.000000',NULL,'system','visit.assigned','visit:1','{}','2ee7e01bde2710edbb7c8d36369220f1549b2ded92d3eecb19c6168ff777cd3f','cbb22c71c0c3286cc867743f44614516424ad21796fe31870f51e19f8cc61877');
INSERT INTO "journal" VALUES(58,'2026-11-09 02:00:00.000000',NULL,'system','attachment.add','visit:1','{"name": "bill.pdf", "sha256": "7208794c984ea1c75d13877c7427336fe98722c41a056eeee4f37360ec367123"}','cbb22c71c0c3286cc867743f44614516424ad21796fe31870f51e19f8cc61877','4c8e889079c732cbe4b8aa7d8e05e7156fe1365b8d1c975f95652674731f00c6');
INSERT INTO "journal" VALUES(59,'2026-11-09 02:00:00.000000',NULL,'system','visit.started','visit:1','{}','4c8e889079c732cbe4b8aa7d8e05e7156fe1365b8d1c975f95652674731f00c6','e293106f7314e86c97b247b419b8537408f23121e048a7f99ae77aea6452b7d1');
INSERT INTO "journal" VALUES(60,'2026-11-09 02:00:00.000000',NULL,'system','visit.submitted','visit:1','{}','e293106f7314e86c97b247b419b8537408f23121e048a7f99ae77aea6452b7d1','e6bc8c2448c4fd9727ff90abbc93b229fd7777252ec5b5e710737200764f59a6');
INSERT INTO "journal" VALUES(61,'2026-11-09 02:00:00.000000',NULL,'system','visit.match','visit:1','{"call": 1}','e6bc8c2448c4fd9727ff90abbc93b229fd7777252ec5b5e710737200764f59a6','e236ca72b378a7cbaa0a08d0932727ce5d0ea369c8a4023dc403740358792281');
INSERT INTO "journal" VALUES(62,'2026-11-09 02:00:00.000000',NULL,'system','visit.validated','visit:1','{}','e236ca72b378a7cbaa0a08d0932727ce5d0ea369c8a4023dc403740358792281','f854a9e23a69147318c8d0510d7ec897ec9e3e6e4823b0088f6029ecb4c0882f');
INSERT INTO "journal" VALUES(63,'2026-11-09 02:00:00.000000',NULL,'system','audit.planned','audit:1','{"kind": "process", "unit": 3, "first": "2026-11-09", "last": "2026-11-09", "commitment": "5040a297ac22bc9e18b1fd6e8d0d30cd29f5a6822a06714306f9aa0fb3905e02"}','f854a9e23a69147318c8d0510d7ec897ec9e3e6e4823b0088f6029ecb4c0882f','29620ba8094d6c86d81d427b91dbd60736c85537aaf32a9fab30127200f19d08');
INSERT INTO "journal" VALUES(64,'2026-11-09 02:00:00.000000',NULL,'system','audit.drawn','audit:1','{"frame": "63313c7c27758a66ad966381aca5fb98f79d1b97fd76552fb1d69f77cce71b7c", "pieces": 6, "n": 1, "seed": "b7f28bda631aad3e4f6f2a06de52e39cdfd5ecf606bcebff834f2f310e39a8ee"}','29620ba8094d6c86d81d427b91dbd60736c85537aaf32a9fab30127200f19d08','f1ef22d070b21e8d87a998c8398035f0df317ccb7f4a82dd0680e2f97ed5f5ed');
INSERT INTO "journal" VALUES(65,'2026-11-09 02:00:00.000000',NULL,'system','audit.checked','audit:1','{"piece": "TS20261109-00006", "met": 0, "not_met": 1, "not_applicable": 0}','f1ef22d070b21e8d87a998c8398035f0df317ccb7f4a82dd0680e2f97ed5f5ed','45cab9685d65e2872cd068734a93c8048cdd90f3916ea2917380843691f77a8f');
INSERT INTO "journal" VALUES(66,'2026-11-09 02:00:00.000000',NULL,'system','finding.opened','finding:1','{"unit": 3}','45cab9685d65e2872cd068734a93c8048cdd90f3916ea2917380843691f77a8f','e7565bc5810d76c5eeab5c1c9dd8cca4d5ed3d06786218494a7867ec7692f062');
INSERT INTO "journal" VALUES(67,'2026-11-09 02:00:00.000000',NULL,'system','finding.cause_noted','finding:1','{}','e7565bc5810d76c5eeab5c1c9dd8cca4d5ed3d06786218494a7867ec7692f062','dcceebb9d1548bc3d76f3fdbc780f987554b188ef1f481254fd5598e93d66e2e');
INSERT INTO "journal" VALUES(68,'2026-11-09 02:00:00.000000',NULL,'system','action.opened','action:2','{"number": "ZG2026-00002", "unit": 3}','dcceebb9d1548bc3d76f3fdbc780f987554b188ef1f481254fd5598e93d66e2e','5eedfa19a30a3f66091f1f32002b28f1fa0de754795d6a739a70b79831173b6d');
INSERT INTO "journal" VALUES(69,'2026-11-09 02:00:00.000000',NULL,'system','finding.action_opened','finding:1','{"user": 2}','5eedfa19a30a3f66091f1f32002b28f1fa0de754795d6a739a70b79831173b6d','48c68755c0a0ae1dc879fc87a696be147f9302e4eeb0400353f9ff004526e594');
INSERT INTO "journal" VALUES(70,'2026-11-09 02:00:00.000000',NULL,'system','correction.open','call:1','{}','48c68755c0a0ae1dc879fc87a696be147f9302e4eeb0400353f9ff004526e594','b52071721b74d23f169bb96fdfc0877088b478e38d9ffcbb42fb53c0316cabaf');
INSERT INTO "journal" VALUES(71,'2026-11-09 02:00:00.000000',NULL,'system','calendar.correct','day:2026-11-09','{"kind": "holiday", "reason": "\u53f0\u98ce"}','b52071721b74d23f169bb96fdfc0877088b478e38d9ffcbb42fb53c0316cabaf','9cc30a81f2904c2feff4024d13df5b7eeeee4bfe976aa8c6f5e8fb8de9ef1d7e');
CREATE TABLE known_event (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	class_code VARCHAR(80) NOT NULL, 
	place VARCHAR(120) NOT NULL, 
	campaign VARCHAR(120) NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_known_event PRIMARY KEY (id), 
	CONSTRAINT fk_known_event_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT ck_known_event_eventkind CHECK (kind IN ('campaign', 'outage'))
);
INSERT INTO "known_event" VALUES(1,'outage','割接','','东城','','2026-11-09 02:00:00.000000','2026-11-09 04:00:00.000000',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE library_clip (
	entry_id INTEGER NOT NULL, 
	call_pk INTEGER NOT NULL, 
	recording_id INTEGER NOT NULL, 
	start_s DOUBLE NOT NULL, 
	end_s DOUBLE NOT NULL, 
	bleeps JSON NOT NULL, 
	path VARCHAR(255) NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	chunks JSON NOT NULL, 
	CONSTRAINT pk_library_clip PRIMARY KEY (entry_id), 
	CONSTRAINT ck_library_clip_start_before_end CHECK (start_s < end_s), 
	CONSTRAINT fk_library_clip_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_library_clip_entry_id_library_entry FOREIGN KEY(entry_id) REFERENCES library_entry (id), 
	CONSTRAINT fk_library_clip_recording_id_recording FOREIGN KEY(recording_id) REFERENCES recording (id)
);
INSERT INTO "library_clip" VALUES(1,1,1,0.5,3.0,'[[1.0, 1.5]]','1.webm',15302,'[[0, 432, 0, 432], [432, 14870, 432, 14870]]');
CREATE TABLE library_entry (
	id INTEGER NOT NULL, 
	form VARCHAR(40) NOT NULL, 
	lesson VARCHAR(40) NOT NULL, 
	unit_id INTEGER NOT NULL, 
	maker_id INTEGER, 
	created_at DATETIME NOT NULL, 
	title VARCHAR(120) NOT NULL, 
	why TEXT NOT NULL, 
	words TEXT NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	complaint_class VARCHAR(80) NOT NULL, 
	case_number VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_library_entry PRIMARY KEY (id), 
	CONSTRAINT fk_library_entry_maker_id_user FOREIGN KEY(maker_id) REFERENCES user (id), 
	CONSTRAINT fk_library_entry_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT ck_library_entry_form CHECK (form IN ('clip', 'story')), 
	CONSTRAINT ck_library_entry_lesson CHECK (lesson IN ('good', 'lesson'))
);
INSERT INTO "library_entry" VALUES(1,'clip','good',3,NULL,'2026-11-09 02:00:00.000000','先认可情绪','先认可，再核实','客服：■■您好','greeting','','');
CREATE TABLE library_step (
	id INTEGER NOT NULL, 
	entry_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_library_step PRIMARY KEY (id), 
	CONSTRAINT fk_library_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_library_step_entry_id_library_entry FOREIGN KEY(entry_id) REFERENCES library_entry (id), 
	CONSTRAINT ck_library_step_librarystep CHECK (kind IN ('agreed', 'refused', 'withdrawn', 'confirmed', 'sent_back', 'removed'))
);
INSERT INTO "library_step" VALUES(1,1,'agreed','2026-11-09 02:00:00.000000',4,'可以');
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
INSERT INTO "login_session" VALUES('18a99c837258091371634ebfb2732ffbb3747a7786ae97a0774e47bfef44c4ac',2,'2026-11-09 02:00:00.000000','2026-11-20 15:46:40.000000',NULL);
CREATE TABLE mentor_pair (
	id INTEGER NOT NULL, 
	mentor_id INTEGER NOT NULL, 
	mentee_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	since DATE NOT NULL, 
	criteria JSON NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	ended_at DATETIME, 
	ended_by_id INTEGER, 
	ended_words TEXT NOT NULL, 
	CONSTRAINT pk_mentor_pair PRIMARY KEY (id), 
	CONSTRAINT ck_mentor_pair_nobody_mentors_oneself CHECK (mentor_id <> mentee_id), 
	CONSTRAINT fk_mentor_pair_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_mentor_pair_ended_by_id_user FOREIGN KEY(ended_by_id) REFERENCES user (id), 
	CONSTRAINT fk_mentor_pair_mentee_id_user FOREIGN KEY(mentee_id) REFERENCES user (id), 
	CONSTRAINT fk_mentor_pair_mentor_id_user FOREIGN KEY(mentor_id) REFERENCES user (id), 
	CONSTRAINT fk_mentor_pair_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id)
);
INSERT INTO "mentor_pair" VALUES(1,5,4,3,'2026-11-09','["greeting"]',NULL,'2026-11-09 02:00:00.000000',NULL,NULL,'');
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	case_id INTEGER, 
	once VARCHAR(160) NOT NULL, 
	template VARCHAR(60) NOT NULL, 
	sender VARCHAR(20) NOT NULL, 
	to_sealed TEXT NOT NULL, 
	subject VARCHAR(200) NOT NULL, 
	body_sealed TEXT NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	reference VARCHAR(120), 
	error VARCHAR(500), 
	by_id INTEGER, 
	created_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	delivered_at DATETIME, 
	CONSTRAINT pk_notice PRIMARY KEY (id), 
	CONSTRAINT fk_notice_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_notice_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT uq_notice_once UNIQUE (once), 
	CONSTRAINT ck_notice_noticestate CHECK (state IN ('waiting', 'sent', 'delivered', 'failed'))
);
INSERT INTO "notice" VALUES(1,1,'case:1:registered','registered','sms','v1.KOEJI0pqr2ZiZZWPc-XJD00d_gUdXrr6eFwnZdK-IDHqcEkm6DEsdvbg','您的投诉已受理（TS20261109-00001）','v1.fyqKCuTxkldaX76GVWAkJm4peT8r9kbYGDy_AyO_x0zGy5nwtcUU-f3SVB2w5Q8OAASXKylkFcfAu6rfwNLkhS6wWLZ_LkQgX97WQeo4SdoqavIdHM-b7wBMu7WRrfFKqT8uSVaSZv-yvIRd17KnutKjhHzruPI1Imyf7RTId1WW1hkn63FP48rU9cB9X_IS_ww30R_Vu66QBq9t9Jeio0NqT7OWDW4lHgJNILsGTxew8Z0JHjCoCL9G9mJba9mzGqy9ew==','waiting',NULL,NULL,NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
INSERT INTO "notice" VALUES(2,2,'case:2:registered','registered','sms','v1.-UAXOAWgh6IBJxV699yi6iUZuJEev8KEcOUbIXZVf5RrYKLLiD68jbjZ','您的投诉已受理（TS20261109-00002）','v1.BUBbdJImn-QMR4FqqR5lwcT1sumeyHLwghTniz46ONhorxL79K4wGUFDpDlNGNa9CJI37oskoXW4u5L4cfrFyVIBP0uTsc2GNd2JkGZlOxg-v6PT2KOjRTVMaZ99_OQrz2Uz6bL2QT2oRowD88Ve2cOtHIMzFlmY31zOyRWTmWwrWr2ODCMK8D_OOImXfxqtifM5PSdeXw6aYBy1rQHbUPnlljGcdLI4PjLZQNC4gnq2qNgvhpSB395O6rcZjMZzmNr2ig==','waiting',NULL,NULL,NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
INSERT INTO "notice" VALUES(3,3,'case:3:registered','registered','sms','v1.8XdYvTGwZHM8wjFWzkPmYl39IffT7fG1IP73IFg1MQvaF_o04_4YlHiM','您的投诉已受理（TS20261109-00003）','v1.k4hEsBly-WroBB1m7ucWoStdt-YJ9c8gKUa34HcFfbSeB4-LRx-rpA05Qtk61KBDGzBFHNZL7HISOANGaf9Dz2SmeyEGdWzWLwIiXOheLf8xArBy_p0Avy7NE8r84ZVGjwZw1VVt3gv6D3yrJun_1idntUum6Jeg8a3Tk1rsPVY_XHBcbfcKLwLodZmoOnuft7ze1UlUeX1AJYFw4Upv4_SApzmbE6E1taVfbKt-V3NBq4r8Q0epKHhURfUnrLW-79Y6xw==','waiting',NULL,NULL,NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
INSERT INTO "notice" VALUES(4,4,'case:4:registered','registered','sms','v1.-2_ji5XzO-7Xrona42DHvRYQIpPOMlUoug9egM_P9Q-SPD111pBGTZRo','您的投诉已受理（TS20261109-00004）','v1.Q4uMw3lWM-Uz8cbTzC_vt-TUjdW-pTjxAfmZQx9byZr4JGZM7zXFUK1QMSI8JeuM89VFK-_5-P5JOVzK6YTOlErPi2B9l2IhxJ44pf_VWPnLvMdohB7mJpNym5meOqDjvzKYQvwuK-poRKI3JiIVuxYw74dCJBOizhgmdBABzXvQ_vEgyilbVYi3TUAzGCbTg74YvmqJkOpzcjtwrmLi7Te-2udI3-Vg9XVcLHk8TZjem0awfgII4wDTTPjwEVXzo8SWqA==','waiting',NULL,NULL,NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
INSERT INTO "notice" VALUES(5,5,'case:5:registered','registered','sms','v1.c9KBPAOi7rl17p154ItHjqxpoHUqVwbrKoFvsmdUmb676qD0476zykYW','您的投诉已受理（TS20261109-00005）','v1.FTBsaeqjtacnmyqwInCSFH3PxALxmSM57Q5N84JeVEfZ3EvY9-AhHpzBU191qnurx1pPoVaiqAjTyJ7fGLWAOKfqD7AIvrC9sBg2pTIeC5bEFNbMYJYp-RBQyRLfTWDadGPzdkk8HoUGagYoZT7omqXcyx_KRNWWkUemzGEDcC9lybkwn_bVPZrOnrcTEDgvUIIPKbBFIsRB_bpdrTxmOUD0jCvvVfmBV-a-kLxLTMO5U52oc3lRG2hVLZHfAgHlF74WPg==','waiting',NULL,NULL,NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
INSERT INTO "notice" VALUES(6,6,'case:6:registered','registered','sms','v1.M_JHty8FXXAGB_Pcz6jns2eswysL46eNCt7p119yFdxGeNKSiIiw6KEa','您的投诉已受理（TS20261109-00006）','v1.TUEbYegtaAS1hd1GObcJP9IErFR-gZ3oSkkrxZTvCrRz8QWGezdpGwrymXTx8L8SbDofdaXKzXKJd4iPgs5I5IRElQHZZLVYBApI4FZb_sWfFJj6xAfIlqBSRSPB_UGMq8KIqK9xUT67trXqoTfsRLwy592aqayIV23bvaReiJDAXR89ebYVSKMaz1eomGxRtA-SsTte5AUvxiDRqYiBhTywpYDwzuwenyvms_LbQdl6oNpQTx6svp2zgg4f7SXwTrGk-A==','waiting',NULL,NULL,NULL,'2026-11-09 02:00:00.000000',NULL,NULL);
CREATE TABLE performance_figure (
	id INTEGER NOT NULL, 
	month_id INTEGER NOT NULL, 
	agent_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	measure VARCHAR(40) NOT NULL, 
	n INTEGER NOT NULL, 
	total DOUBLE NOT NULL, 
	squares DOUBLE NOT NULL, 
	sources JSON NOT NULL, 
	changes JSON NOT NULL, 
	CONSTRAINT pk_performance_figure PRIMARY KEY (id), 
	CONSTRAINT fk_performance_figure_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_performance_figure_month_id_performance_month FOREIGN KEY(month_id) REFERENCES performance_month (id), 
	CONSTRAINT fk_performance_figure_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_performance_figure_month_id_agent_id_measure UNIQUE (month_id, agent_id, measure)
);
INSERT INTO "performance_figure" VALUES(1,1,4,2,'evaluations',1,85.0,7225.0,'[["call:1", 85.0]]','[]');
CREATE TABLE performance_month (
	id INTEGER NOT NULL, 
	month DATE NOT NULL, 
	closed_at DATETIME NOT NULL, 
	rules_version INTEGER NOT NULL, 
	CONSTRAINT pk_performance_month PRIMARY KEY (id), 
	CONSTRAINT uq_performance_month_month UNIQUE (month)
);
INSERT INTO "performance_month" VALUES(1,'2026-10-01','2026-11-09 02:00:00.000000',1);
CREATE TABLE pick (
	id INTEGER NOT NULL, 
	period_id INTEGER, 
	draw_id INTEGER, 
	call_pk INTEGER NOT NULL, 
	agent_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	pool VARCHAR(40) NOT NULL, 
	why JSON NOT NULL, 
	rank INTEGER NOT NULL, 
	inclusion DOUBLE, 
	created_at DATETIME NOT NULL, 
	by_id INTEGER, 
	inspector_id INTEGER, 
	claimed_by_id INTEGER, 
	claimed_until DATETIME, 
	ended_at DATETIME, 
	evaluation_id INTEGER, 
	CONSTRAINT pk_pick PRIMARY KEY (id), 
	CONSTRAINT fk_pick_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_pick_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_pick_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_pick_claimed_by_id_user FOREIGN KEY(claimed_by_id) REFERENCES user (id), 
	CONSTRAINT fk_pick_draw_id_sample_draw FOREIGN KEY(draw_id) REFERENCES sample_draw (id), 
	CONSTRAINT fk_pick_evaluation_id_evaluation FOREIGN KEY(evaluation_id) REFERENCES evaluation (id), 
	CONSTRAINT fk_pick_inspector_id_user FOREIGN KEY(inspector_id) REFERENCES user (id), 
	CONSTRAINT fk_pick_period_id_sample_period FOREIGN KEY(period_id) REFERENCES sample_period (id), 
	CONSTRAINT fk_pick_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_pick_call_pk_pool UNIQUE (call_pk, pool), 
	CONSTRAINT ck_pick_pool CHECK (pool IN ('random', 'risk', 'always', 'manual', 'recheck'))
);
INSERT INTO "pick" VALUES(1,1,1,1,4,2,'random','["ordinary"]',1,1.0,'2026-11-09 02:00:00.000000',NULL,NULL,NULL,NULL,'2026-11-09 02:00:00.000000',2);
INSERT INTO "pick" VALUES(2,1,1,1,4,2,'recheck','[]',1,NULL,'2026-11-09 02:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL);
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
CREATE TABLE praise (
	id INTEGER NOT NULL, 
	agent_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	call_pk INTEGER, 
	at_s DOUBLE, 
	words TEXT NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_praise PRIMARY KEY (id), 
	CONSTRAINT fk_praise_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_praise_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_praise_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_praise_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id)
);
INSERT INTO "praise" VALUES(1,4,3,1,1.5,'先认可情绪',NULL,'2026-11-09 02:00:00.000000');
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
INSERT INTO "role_grant" VALUES(3,3,'qa_lead',3);
INSERT INTO "role_grant" VALUES(4,4,'agent',3);
INSERT INTO "role_grant" VALUES(5,5,'agent',2);
INSERT INTO "role_grant" VALUES(6,2,'inspector',3);
INSERT INTO "role_grant" VALUES(7,2,'shopper',3);
CREATE TABLE rule_text (
	id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	effective_from DATETIME NOT NULL, 
	text TEXT NOT NULL, 
	reason VARCHAR(500) NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_rule_text PRIMARY KEY (id), 
	CONSTRAINT fk_rule_text_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT uq_rule_text_kind_name_version UNIQUE (kind, name, version)
);
INSERT INTO "rule_text" VALUES(1,'targets','default',1,'2026-11-09 02:00:00.000000','# 管理指标目标值与客户数。比例写 0..1；万投比为每月每万客户投诉件数，百万用户申诉率为每季每百万客户申诉件数。均为缺省值，由运营商修改。
customers: 3000000
targets:
  on_time: 0.95
  first_dispatch_right: 0.95
  escalated: 0.02
  repeated: 0.10
  solved_on_the_spot: 0.40
  per_ten_thousand: 5
  appeals_per_million: 30
  # 满意度目标
  csat: 0.85
  bottom_box: 0.05
  nps: 20
  ces: 4
  solved: 0.9
  recovered: 0.6
','首次',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE sample_draw (
	id INTEGER NOT NULL, 
	period_id INTEGER NOT NULL, 
	part INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	frame_sha256 VARCHAR(64) NOT NULL, 
	frame JSON NOT NULL, 
	wanted JSON NOT NULL, 
	rules_version INTEGER NOT NULL, 
	CONSTRAINT pk_sample_draw PRIMARY KEY (id), 
	CONSTRAINT fk_sample_draw_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_sample_draw_period_id_sample_period FOREIGN KEY(period_id) REFERENCES sample_period (id), 
	CONSTRAINT uq_sample_draw_period_id_part UNIQUE (period_id, part)
);
INSERT INTO "sample_draw" VALUES(1,1,1,'2026-11-09 02:00:00.000000',NULL,'276d2020759ba01d2403142ceef31262a0a3181ec184344d66db28d9c50854fc','[[1, 4, 2, "ordinary", "2026-11-09", ["dissatisfied"]]]','{"4": 6}',1);
CREATE TABLE sample_period (
	id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	first DATE NOT NULL, 
	last DATE NOT NULL, 
	commitment VARCHAR(64) NOT NULL, 
	seed_sealed TEXT NOT NULL, 
	opened_at DATETIME NOT NULL, 
	opened_by_id INTEGER, 
	drawn_to DATE, 
	revealed_at DATETIME, 
	closed_at DATETIME, queue VARCHAR(80) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_sample_period PRIMARY KEY (id), 
	CONSTRAINT ck_sample_period_first_before_last CHECK (first <= last), 
	CONSTRAINT fk_sample_period_opened_by_id_user FOREIGN KEY(opened_by_id) REFERENCES user (id), 
	CONSTRAINT fk_sample_period_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_sample_period_unit_id_name UNIQUE (unit_id, name)
);
INSERT INTO "sample_period" VALUES(1,2,'2026-11','2026-11-09','2026-11-29','4323f0cee267547ee5f9b1c16cf106f2bf8e0468a002efc3e858af4c54f6dad4','v1.5w_PzTAeUTcIcsoLSzuQ7S1-FANoVNczPMeuESKXLxOeIWXOZSsuANKBmcWI_KxAxm2R3tB6TzlZiPd79yN2ehJ6-U4i3FjXy4eFvX3tiAaHyGNyRgBEHQDNw6I=','2026-11-09 02:00:00.000000',NULL,'2026-11-29',NULL,NULL,'');
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
CREATE TABLE shop_draft (
	visit_id INTEGER NOT NULL, 
	body JSON NOT NULL, 
	saved_at DATETIME NOT NULL, 
	CONSTRAINT pk_shop_draft PRIMARY KEY (visit_id), 
	CONSTRAINT fk_shop_draft_visit_id_shop_visit FOREIGN KEY(visit_id) REFERENCES shop_visit (id)
);
INSERT INTO "shop_draft" VALUES(1,'{"at": "2026-11-09T02:00:00+00:00", "number": "v1.yUy5uzB6_j0CcIaE_xSFGfj-7bMrv8qfd5NI6Ln13bQ7LlKUoDdh", "heard": "A012", "words": "", "replies": {"answered_s": {"value": 41, "words": "", "mark": null, "evidence": ""}, "greeting": {"value": 1, "words": "", "mark": null, "evidence": ""}, "verify": {"value": 1, "words": "", "mark": null, "evidence": ""}, "interrupted": {"value": 0, "words": "", "mark": null, "evidence": ""}, "solution": {"value": 1, "words": "", "mark": null, "evidence": ""}, "case_number": {"value": 1, "words": "", "mark": null, "evidence": ""}, "understood": {"value": 4, "words": "", "mark": null, "evidence": "\u201c\u597d\u7684\u201d"}, "clear": {"value": 4, "words": "", "mark": null, "evidence": "\u201c\u597d\u7684\u201d"}, "courtesy": {"value": 4, "words": "", "mark": null, "evidence": "\u201c\u597d\u7684\u201d"}, "restate": {"value": null, "words": "\u62b1\u6b49", "mark": null, "evidence": ""}, "apology": {"value": null, "words": "\u62b1\u6b49", "mark": null, "evidence": ""}, "timeframe": {"value": null, "words": "\u62b1\u6b49", "mark": null, "evidence": ""}}}','2026-11-09 02:00:00.000000');
CREATE TABLE shop_file (
	id INTEGER NOT NULL, 
	visit_id INTEGER NOT NULL, 
	item VARCHAR(80) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	mime VARCHAR(100) NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_shop_file PRIMARY KEY (id), 
	CONSTRAINT fk_shop_file_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_shop_file_visit_id_shop_visit FOREIGN KEY(visit_id) REFERENCES shop_visit (id)
);
INSERT INTO "shop_file" VALUES(1,1,'greeting','bill.pdf','application/pdf',4,'7208794c984ea1c75d13877c7427336fe98722c41a056eeee4f37360ec367123','72/7208794c984ea1c75d13877c7427336fe98722c41a056eeee4f37360ec367123',NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE shop_match (
	id INTEGER NOT NULL, 
	visit_id INTEGER NOT NULL, 
	call_pk INTEGER, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_shop_match PRIMARY KEY (id), 
	CONSTRAINT fk_shop_match_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_shop_match_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_shop_match_visit_id_shop_visit FOREIGN KEY(visit_id) REFERENCES shop_visit (id)
);
INSERT INTO "shop_match" VALUES(1,1,1,NULL,'2026-11-09 02:00:00.000000');
CREATE TABLE shop_scenario (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_shop_scenario PRIMARY KEY (id), 
	CONSTRAINT fk_shop_scenario_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT uq_shop_scenario_name_version UNIQUE (name, version)
);
INSERT INTO "shop_scenario" VALUES(1,'unknown-charge-zh',1,'# 神秘顾客场景：热线咨询不明增值业务扣费。observe 里 kind：time 秒，quote 原话，count 次数，yes_no 是/否（“是”为好），
# rating 1-5 分（须有时间、次数或原话作依据）。criterion 是质检评分表的评分项，用于与同一通录音的质检结果对比。
name: unknown-charge-zh
title: {zh: 热线咨询不明扣费, en: "An unknown charge, asked about at the hotline"}
language: zh
channel: hotline
story:
  zh: 您的账单上出现一项从未订购的增值业务，每月 15 元，已扣两个月。您要求说明来源、取消业务并退费。态度平和，不透露神秘顾客身份。
  en: "Your bill shows a value-added service that you never ordered, 15 yuan a month, charged twice. You want to know where it
    comes from, to have it cancelled and refunded. Stay calm; never say that you are a mystery shopper."
say:
  - zh: 从人工客服接通起开始计时。
    en: Start the clock when a person answers.
  - zh: “我账单上多了一项业务，每月 15 块，我没有订过，这是怎么回事？”
    en: "“There is a service on my bill, 15 a month, that I never ordered. What is this?”"
  - zh: 等对方说完再问：“那之前扣的 30 块能退吗？”
    en: "When they have finished, ask: “Can the 30 already charged be refunded?”"
  - zh: 不主动要求工单号，看对方是否主动告知。
    en: Do not ask for a case number; see whether it is offered.
observe:
  - id: answered_s
    title: {zh: 从拨通到人工应答用了多少秒, en: Seconds from dialling to a person''s answer}
    kind: time
    weight: 10
    at_most: 60
  - id: greeting
    title: {zh: 是否问候并报工号, en: "Were you greeted with a staff number?"}
    kind: yes_no
    weight: 10
    criterion: greeting
  - id: verify
    title: {zh: 查询账单前是否核实身份, en: "Was your identity verified before the bill was looked at?"}
    kind: yes_no
    weight: 10
    criterion: verify
  - id: restate
    title: {zh: 对方复述您问题的原话, en: The words in which your problem was restated}
    kind: quote
    weight: 10
    criterion: restate
  - id: apology
    title: {zh: 对方致歉的原话, en: The words of the apology}
    kind: quote
    weight: 10
    criterion: apology
  - id: interrupted
    title: {zh: 您被打断了几次, en: How often you were interrupted}
    kind: count
    weight: 5
    at_most: 0
  - id: understood
    title: {zh: 对方体谅您处境的程度（1-5，写明依据的原话）, en: "How far your situation was felt with (1-5, with the words it rests on)"}
    kind: rating
    weight: 10
    criterion: empathy
  - id: clear
    title: {zh: 扣费来源说明的清楚程度（1-5，写明依据的原话）, en: "How clearly the charge was explained (1-5, with the words it rests on)"}
    kind: rating
    weight: 10
  - id: courtesy
    title: {zh: 用语礼貌程度（1-5，写明依据的原话）, en: "How courteous the wording was (1-5, with the words it rests on)"}
    kind: rating
    weight: 5
    criterion: courtesy
  - id: solution
    title: {zh: 是否提出取消业务并退费的办法, en: "Was a cancellation with a refund offered?"}
    kind: yes_no
    weight: 10
    criterion: solution
  - id: timeframe
    title: {zh: 对方承诺的时限原话, en: The words of the promised time}
    kind: quote
    weight: 5
    criterion: timeframe
  - id: case_number
    title: {zh: 是否主动告知工单号, en: "Was a case number offered unasked?"}
    kind: yes_no
    weight: 5
    criterion: case_number
',NULL,'2026-11-09 02:00:00.000000',NULL);
CREATE TABLE shop_step (
	id INTEGER NOT NULL, 
	visit_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	words TEXT NOT NULL, 
	body JSON NOT NULL, 
	CONSTRAINT pk_shop_step PRIMARY KEY (id), 
	CONSTRAINT fk_shop_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_shop_step_visit_id_shop_visit FOREIGN KEY(visit_id) REFERENCES shop_visit (id), 
	CONSTRAINT ck_shop_step_visitstep CHECK (kind IN ('assigned', 'started', 'submitted', 'returned', 'validated', 'withdrawn'))
);
INSERT INTO "shop_step" VALUES(1,1,'assigned','2026-11-09 02:00:00.000000',NULL,'','{}');
INSERT INTO "shop_step" VALUES(2,1,'started','2026-11-09 02:00:00.000000',NULL,'','{}');
INSERT INTO "shop_step" VALUES(3,1,'submitted','2026-11-09 02:00:00.000000',NULL,'','{"at": "2026-11-09T02:00:00+00:00", "number": "v1.yUy5uzB6_j0CcIaE_xSFGfj-7bMrv8qfd5NI6Ln13bQ7LlKUoDdh", "heard": "A012", "words": "", "replies": {"answered_s": {"value": 41, "words": "", "mark": null, "evidence": ""}, "greeting": {"value": 1, "words": "", "mark": null, "evidence": ""}, "verify": {"value": 1, "words": "", "mark": null, "evidence": ""}, "interrupted": {"value": 0, "words": "", "mark": null, "evidence": ""}, "solution": {"value": 1, "words": "", "mark": null, "evidence": ""}, "case_number": {"value": 1, "words": "", "mark": null, "evidence": ""}, "understood": {"value": 4, "words": "", "mark": null, "evidence": "\u201c\u597d\u7684\u201d"}, "clear": {"value": 4, "words": "", "mark": null, "evidence": "\u201c\u597d\u7684\u201d"}, "courtesy": {"value": 4, "words": "", "mark": null, "evidence": "\u201c\u597d\u7684\u201d"}, "restate": {"value": null, "words": "\u62b1\u6b49", "mark": null, "evidence": ""}, "apology": {"value": null, "words": "\u62b1\u6b49", "mark": null, "evidence": ""}, "timeframe": {"value": null, "words": "\u62b1\u6b49", "mark": null, "evidence": ""}}}');
INSERT INTO "shop_step" VALUES(4,1,'validated','2026-11-09 02:00:00.000000',NULL,'','{}');
CREATE TABLE shop_visit (
	id INTEGER NOT NULL, 
	scenario_id INTEGER NOT NULL, 
	shopper_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	words TEXT NOT NULL, 
	agent_id INTEGER, 
	visited_at DATETIME, 
	CONSTRAINT pk_shop_visit PRIMARY KEY (id), 
	CONSTRAINT fk_shop_visit_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_shop_visit_scenario_id_shop_scenario FOREIGN KEY(scenario_id) REFERENCES shop_scenario (id), 
	CONSTRAINT fk_shop_visit_shopper_id_user FOREIGN KEY(shopper_id) REFERENCES user (id), 
	CONSTRAINT fk_shop_visit_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id)
);
INSERT INTO "shop_visit" VALUES(1,1,2,3,'2026-11-09','',4,'2026-11-09 02:00:00.000000');
CREATE TABLE shopper (
	user_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	CONSTRAINT pk_shopper PRIMARY KEY (user_id), 
	CONSTRAINT fk_shopper_user_id_user FOREIGN KEY(user_id) REFERENCES user (id), 
	CONSTRAINT uq_shopper_number UNIQUE (number)
);
INSERT INTO "shopper" VALUES(2,1);
CREATE TABLE skill_certificate (
	id INTEGER NOT NULL, 
	agent_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	skill VARCHAR(120) NOT NULL, 
	criteria JSON NOT NULL, 
	ground VARCHAR(40) NOT NULL, 
	n INTEGER NOT NULL, 
	share DOUBLE, 
	low DOUBLE, 
	high DOUBLE, 
	mark DOUBLE, 
	granted_on DATE NOT NULL, 
	expires_on DATE NOT NULL, 
	by_id INTEGER, 
	at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	revoked_by_id INTEGER, 
	revoked_words TEXT NOT NULL, 
	CONSTRAINT pk_skill_certificate PRIMARY KEY (id), 
	CONSTRAINT fk_skill_certificate_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_skill_certificate_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_skill_certificate_revoked_by_id_user FOREIGN KEY(revoked_by_id) REFERENCES user (id), 
	CONSTRAINT fk_skill_certificate_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT ck_skill_certificate_ground CHECK (ground IN ('calls', 'exam'))
);
INSERT INTO "skill_certificate" VALUES(1,4,3,'受理','["greeting"]','exam',0,NULL,NULL,NULL,90.0,'2026-11-09','2027-02-16',NULL,'2026-11-09 02:00:00.000000',NULL,NULL,'');
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
CREATE TABLE survey_answer (
	response_id INTEGER NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	number DOUBLE, 
	text TEXT NOT NULL, 
	chosen JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_survey_answer PRIMARY KEY (response_id, question), 
	CONSTRAINT fk_survey_answer_response_id_survey_response FOREIGN KEY(response_id) REFERENCES survey_response (id)
);
INSERT INTO "survey_answer" VALUES(1,'overall',9.0,'','[]','2026-11-09 02:00:00.000000');
CREATE TABLE survey_attempt (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	by_phone BOOLEAN NOT NULL, 
	disposition VARCHAR(40) NOT NULL, 
	appointment_at DATETIME, 
	words TEXT NOT NULL, 
	by_id INTEGER, 
	CONSTRAINT pk_survey_attempt PRIMARY KEY (id), 
	CONSTRAINT fk_survey_attempt_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_survey_attempt_customer_id_customer FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_survey_attempt_task_id_survey_task FOREIGN KEY(task_id) REFERENCES survey_task (id), 
	CONSTRAINT uq_survey_attempt_task_id_number UNIQUE (task_id, number), 
	CONSTRAINT ck_survey_attempt_disposition CHECK (disposition IN ('completed', 'broke_off', 'refused', 'later', 'no_answer', 'busy', 'switched_off', 'not_in_service', 'wrong_person', 'link_sent'))
);
INSERT INTO "survey_attempt" VALUES(1,2,6,1,'2026-11-09 02:00:00.000000',1,'completed',NULL,'',NULL);
CREATE TABLE survey_link (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	expires_at DATETIME NOT NULL, 
	created_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_survey_link PRIMARY KEY (id), 
	CONSTRAINT fk_survey_link_task_id_survey_task FOREIGN KEY(task_id) REFERENCES survey_task (id), 
	CONSTRAINT uq_survey_link_task_id UNIQUE (task_id)
);
INSERT INTO "survey_link" VALUES(1,1,'2026-11-16 02:00:00.000000','2026-11-09 02:00:00.000000',NULL);
CREATE TABLE survey_response (
	id INTEGER NOT NULL, 
	task_id INTEGER, 
	survey VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	mode VARCHAR(40) NOT NULL, 
	case_id INTEGER, 
	call_pk INTEGER, 
	unit_id INTEGER NOT NULL, 
	outside_key VARCHAR(160), 
	traits JSON NOT NULL, 
	by_id INTEGER, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	unhappy BOOLEAN NOT NULL, 
	compared_at DATETIME, 
	CONSTRAINT pk_survey_response PRIMARY KEY (id), 
	CONSTRAINT fk_survey_response_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_survey_response_call_pk_call FOREIGN KEY(call_pk) REFERENCES call (id), 
	CONSTRAINT fk_survey_response_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT fk_survey_response_task_id_survey_task FOREIGN KEY(task_id) REFERENCES survey_task (id), 
	CONSTRAINT fk_survey_response_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT uq_survey_response_outside_key UNIQUE (outside_key), 
	CONSTRAINT uq_survey_response_task_id UNIQUE (task_id), 
	CONSTRAINT ck_survey_response_mode CHECK (mode IN ('phone', 'link', 'keys', 'outside'))
);
INSERT INTO "survey_response" VALUES(1,2,'network_use',1,'phone',NULL,NULL,3,NULL,'{}',NULL,'2026-11-09 02:00:00.000000',NULL,0,'2026-11-09 02:00:00.000000');
CREATE TABLE "survey_task" (
	id INTEGER NOT NULL, 
	once VARCHAR(160) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	case_id INTEGER, 
	customer_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	questionnaire VARCHAR(60) NOT NULL, 
	version INTEGER NOT NULL, 
	priority INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	ready_at DATETIME, 
	claimed_by_id INTEGER, 
	claimed_until DATETIME, 
	appointment_at DATETIME, 
	calling_since DATETIME, 
	link_at DATETIME, 
	link_stage INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	outcome VARCHAR(40), 
	CONSTRAINT pk_survey_task PRIMARY KEY (id), 
	CONSTRAINT fk_survey_task_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT fk_survey_task_case_id_complaint_case FOREIGN KEY(case_id) REFERENCES complaint_case (id), 
	CONSTRAINT ck_survey_task_claimed_until_a_moment CHECK ((claimed_by_id IS NULL) = (claimed_until IS NULL)), 
	CONSTRAINT ck_survey_task_ended_with_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL)), 
	CONSTRAINT fk_survey_task_customer_id_customer FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT ck_survey_task_outcome CHECK (outcome IN ('answered', 'refused', 'unreached', 'barred', 'dropped')), 
	CONSTRAINT fk_survey_task_claimed_by_id_user FOREIGN KEY(claimed_by_id) REFERENCES user (id), 
	CONSTRAINT uq_survey_task_once UNIQUE (once), 
	CONSTRAINT ck_survey_task_taskkind CHECK (kind IN ('closing', 'survey', 'campaign', 'correcting'))
);
INSERT INTO "survey_task" VALUES(1,'survey','survey',NULL,6,3,'post_resolution',1,0,'2026-11-09 02:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,0,'2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000','barred');
INSERT INTO "survey_task" VALUES(2,'campaign','campaign',NULL,6,3,'network_use',1,0,'2026-11-09 02:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,0,'2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000','barred');
INSERT INTO "survey_task" VALUES(3,'correcting:1:1','correcting',1,1,3,'correcting',1,20,'2026-11-09 02:00:00.000000','2026-11-09 02:00:00.000000',NULL,NULL,NULL,NULL,NULL,0,'2026-11-09 02:00:00.000000',NULL,NULL);
CREATE TABLE training_step (
	id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	by_id INTEGER, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_training_step PRIMARY KEY (id), 
	CONSTRAINT fk_training_step_by_id_user FOREIGN KEY(by_id) REFERENCES user (id), 
	CONSTRAINT fk_training_step_task_id_training_task FOREIGN KEY(task_id) REFERENCES training_task (id), 
	CONSTRAINT ck_training_step_trainingstep CHECK (kind IN ('given', 'done', 'confirmed', 'sent_back', 'cancelled'))
);
INSERT INTO "training_step" VALUES(1,1,'given','2026-11-09 02:00:00.000000',NULL,'');
CREATE TABLE training_task (
	id INTEGER NOT NULL, 
	agent_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	task TEXT NOT NULL, 
	due_on DATE NOT NULL, 
	CONSTRAINT pk_training_task PRIMARY KEY (id), 
	CONSTRAINT fk_training_task_agent_id_user FOREIGN KEY(agent_id) REFERENCES user (id), 
	CONSTRAINT fk_training_task_unit_id_unit FOREIGN KEY(unit_id) REFERENCES unit (id), 
	CONSTRAINT ck_training_task_taskkind CHECK (kind IN ('listen', 'role_play', 'read', 'shadow'))
);
INSERT INTO "training_task" VALUES(1,4,3,'greeting','read','读','2026-11-09');
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
INSERT INTO "user" VALUES(1,'admin','admin','$argon2id$v=19$m=65536,t=3,p=4$6gbUOEk6RS8+gVw+q1Ncfg$VSiZ3KWHUO31lA9KYa9v9KKSFzVjkkfhdcPwwtKQPYE','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(2,'inspector','inspector','$argon2id$v=19$m=65536,t=3,p=4$B5uqIfhEwVc9JrtUkJ5x/Q$bVWooLIgNA3YDKmtSJS/2EM6BKGDRD3RibNG7ru9cnU','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(3,'qa_lead','qa_lead','$argon2id$v=19$m=65536,t=3,p=4$lvUWKcLlO7qBMU0M5wvUPg$LmPfUSQ6v+GbYuX39xYGveIoZftAmMtTwLB89YzfSTM','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(4,'agent','agent','$argon2id$v=19$m=65536,t=3,p=4$HK+bZ/SR2koSttB5y+++2w$4UwV4vYEuymzaLkweKwmswM5x0yv235qnyx0T15S3z4','zh',1,3,'2026-11-09 02:00:00.000000');
INSERT INTO "user" VALUES(5,'agent2','agent2',NULL,'zh',1,2,'2026-11-09 02:00:00.000000');
CREATE TABLE webhook (
	id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	url VARCHAR(500) NOT NULL, 
	secret_sealed TEXT NOT NULL, 
	events JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_webhook PRIMARY KEY (id)
);
INSERT INTO "webhook" VALUES(1,'crm','https://crm.example.com/x','v1.1747DrIkXwLU197wd9JuGerXRUGCNQvIsKJ9-ysB0X2RFnIJtyYdiszddG_z6DUS8BDdO_vyPii6ewvf1astvyg8sqcsjvA=','["case.step"]','2026-11-09 02:00:00.000000',NULL);
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
CREATE INDEX ix_api_token_user_id ON api_token (user_id);
CREATE INDEX ix_corrective_action_owner_id ON corrective_action (owner_id);
CREATE INDEX ix_corrective_action_unit_id ON corrective_action (unit_id);
CREATE INDEX ix_alarm_seen_at_at ON alarm (seen_at, at);
CREATE INDEX ix_alert_opened_at ON alert (opened_at);
CREATE INDEX ix_attachment_case_id ON attachment (case_id);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE INDEX ix_notice_case_id_created_at ON notice (case_id, created_at);
CREATE INDEX ix_notice_reference ON notice (reference);
CREATE INDEX ix_alert_case_case_id ON alert_case (case_id);
CREATE INDEX ix_do_not_contact_customer_id ON do_not_contact (customer_id);
CREATE INDEX ix_case_support_unit_id ON case_support (unit_id);
CREATE INDEX ix_survey_attempt_customer_id_at ON survey_attempt (customer_id, at);
CREATE INDEX ix_survey_response_call_pk ON survey_response (call_pk);
CREATE INDEX ix_survey_response_case_id ON survey_response (case_id);
CREATE INDEX ix_survey_response_survey_finished_at ON survey_response (survey, finished_at);
CREATE INDEX ix_survey_response_unit_id ON survey_response (unit_id);
CREATE INDEX ix_coaching_agent_id ON coaching (agent_id);
CREATE INDEX ix_coaching_unit_id ON coaching (unit_id);
CREATE INDEX ix_coaching_clip_coaching_id ON coaching_clip (coaching_id);
CREATE INDEX ix_coaching_step_coaching_id ON coaching_step (coaching_id);
CREATE INDEX ix_dispute_step_evaluation_id ON dispute_step (evaluation_id);
CREATE INDEX ix_pick_agent_id ON pick (agent_id);
CREATE INDEX ix_pick_claimed_by_id ON pick (claimed_by_id);
CREATE INDEX ix_pick_open ON pick (ended_at, inspector_id);
CREATE INDEX ix_pick_period_id ON pick (period_id);
CREATE INDEX ix_performance_figure_agent_id ON performance_figure (agent_id);
CREATE INDEX ix_praise_agent_id ON praise (agent_id);
CREATE INDEX ix_shop_visit_agent_id ON shop_visit (agent_id);
CREATE INDEX ix_shop_visit_shopper_id ON shop_visit (shopper_id);
CREATE INDEX ix_shop_visit_unit_id ON shop_visit (unit_id);
CREATE INDEX ix_shop_visit_visited_at ON shop_visit (visited_at);
CREATE INDEX ix_shop_file_visit_id ON shop_file (visit_id);
CREATE INDEX ix_shop_match_call_pk ON shop_match (call_pk);
CREATE INDEX ix_shop_match_visit_id ON shop_match (visit_id);
CREATE INDEX ix_shop_step_visit_id ON shop_step (visit_id);
CREATE INDEX ix_audit_unit_id ON audit (unit_id);
CREATE INDEX ix_finding_audit_id ON finding (audit_id);
CREATE INDEX ix_finding_step_action_id ON finding_step (action_id);
CREATE INDEX ix_finding_step_finding_id ON finding_step (finding_id);
CREATE INDEX ix_finding_step_person_id ON finding_step (person_id);
CREATE INDEX ix_audit_piece_call_pk_evaluation_id ON audit_piece (call_pk, evaluation_id);
CREATE INDEX ix_audit_check_piece_id_item ON audit_check (piece_id, item);
CREATE INDEX ix_mentor_pair_mentee_id ON mentor_pair (mentee_id);
CREATE INDEX ix_mentor_pair_mentor_id ON mentor_pair (mentor_id);
CREATE INDEX ix_skill_certificate_agent_id ON skill_certificate (agent_id);
CREATE INDEX ix_training_task_agent_id ON training_task (agent_id);
CREATE INDEX ix_training_step_task_id ON training_step (task_id);
CREATE INDEX ix_library_entry_maker_id ON library_entry (maker_id);
CREATE INDEX ix_library_entry_unit_id ON library_entry (unit_id);
CREATE INDEX ix_library_clip_call_pk ON library_clip (call_pk);
CREATE INDEX ix_library_step_entry_id ON library_step (entry_id);
CREATE INDEX ix_survey_task_link_at ON survey_task (link_at);
CREATE INDEX ix_survey_task_unit_id ON survey_task (unit_id);
CREATE INDEX ix_survey_task_customer_id ON survey_task (customer_id);
CREATE INDEX ix_survey_task_case_id ON survey_task (case_id);
CREATE INDEX ix_survey_task_ended_at_ready_at ON survey_task (ended_at, ready_at);
CREATE INDEX ix_correction_call_pk ON correction (call_pk);
CREATE INDEX ix_correction_unit_id ON correction (unit_id);
COMMIT;
