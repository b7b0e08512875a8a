"""Facts that make each kind of step complete."""

from surveys.model import StepKind

SLIP = {
    "called_number": "138****8000", "called_at": "2026-11-10T10:00:00+08:00", "cause": "重复计费",
    "responsibility": "计费中心", "found_true": "true", "findings": "账单重复出账", "done": "退费30元",
    "customer_opinion": "认可", "handler": "王芳",
}  # fmt: skip
FILLED = {
    StepKind.ASSESSED: {"complexity": "simple", "urgency": "ordinary", "severity": "ordinary"},
    StepKind.ASSIGNED: {"to": 1}, StepKind.SOLVED_ON_THE_SPOT: {"solution": "退费"}, StepKind.DISPATCHED: {"unit": 7},
    StepKind.SENT_BACK: {"reason": "不属我部门"}, StepKind.RETURNED: SLIP,
    StepKind.RETURN_REFUSED: {"reason": "缺证据"},
    StepKind.RESPONSIBILITY_DECIDED: {"ours": "yes", "whose": "unit", "proof": "账单"},
    StepKind.SECOND_DISPATCHED: {"unit": 7, "reason": "未解决"}, StepKind.MANAGER_HOTLINE: {"reason": "仍不满意"},
    StepKind.HELD_ACCOUNTABLE: {"person": 1, "finding": "未按时"}, StepKind.ACCOUNTABLE_REPLIED: {"words": "已说明"},
    StepKind.CONSENTED: {"solution": "退费", "customer_words": "可以"},
    StepKind.REMEDY_REQUESTED: {"remedy": "refund", "amount": "300.00", "reason": "重复计费"},
    StepKind.REMEDY_GRANTED: {"remedy": "refund", "amount": "30.00"},
    StepKind.REMEDY_CREDITED: {"credited_on": "2026-11-12"}, StepKind.PROGRESS_TOLD: {"words": "在查"},
    StepKind.DELAY_TOLD: {"reason": "待核", "promised_at": "2026-11-12T12:00:00+08:00"},
    StepKind.PAUSED: {"reason": "待客户提供截图"},
    StepKind.FED_BACK: {"by": "phone", "result": "已退", "cause": "系统", "improvement": "已改", "thanks": "谢谢"},
    StepKind.CALLED_BACK: {"result": "satisfied"}, StepKind.RECONTACTED: {"words": "已致电"},
    StepKind.REOPENED: {"reason": "客户来电"}, StepKind.APPEALED: {"words": "不认可"},
    StepKind.CLOSE_REQUESTED: {"reason": "多次未接通", "proof": "三次未接，短信已发"},
    StepKind.SENDER_ANSWERED: {"by": "letter", "answer": "已退费"},
    StepKind.SETTLED: {"outcome": "withdrawn", "proof": "撤诉单"},
    StepKind.MENDED: {"field": "product", "value": "畅享套餐"},
    StepKind.NOTED: {"words": "备注"},
}  # fmt: skip
