"""A made-up call with its form, enough to drive the review desk; nothing here is a real conversation."""

import math

LINES = {
    "zh": [
        ("agent", "您好，欢迎致电客户服务中心，工号八零一二，请问有什么可以帮您？", []),
        ("customer", "我的套餐怎么多扣了三十块钱？你们到底怎么回事！", ["客户不满"]),
        ("agent", "非常抱歉给您带来不便，我先帮您核实一下账单。", ["致歉"]),
        ("customer", "我已经打了三次电话了，每次都说帮我核实。", ["客户不满"]),
        ("agent", "我理解您的心情，请您提供一下机主姓名和身份证后四位。", []),
        ("customer", "张三，一二三四。", []),
        ("agent", "感谢您的耐心等待，请您稍等，我查询一下。", []),
        ("agent", "让您久等了，查到是上个月开通的视频会员，每月三十元。", []),
        ("customer", "我没有开通过，你们再这样我就投诉到工信部。", ["升级风险"]),
        ("agent", "给您复述一下：您要求退订视频会员并退回三十元，对吗？", []),
        ("customer", "对，马上给我退。", []),
        ("agent", "已经为您退订，费用三个工作日内退回话费账户。", []),
        ("customer", "那我等着，退不到我再打。", []),
        ("agent", "请问还有其他可以帮您的吗？", []),
        ("customer", "没有了。", []),
        ("agent", "感谢您的来电，祝您生活愉快，再见。", []),
    ],
    "en": [
        ("agent", "Good morning, Northline customer care, this is Ann, how may I help you?", []),
        ("customer", "Why was I charged thirty dollars more this month? What is going on?", ["customer upset"]),
        ("agent", "I am sorry for the trouble, let me look at the bill with you.", ["apology"]),
        ("customer", "I have called three times and every time somebody only looks at it.", ["customer upset"]),
        ("agent", "I understand how annoying that is. May I have your name and the last four digits?", []),
        ("customer", "John Smith, one two three four.", []),
        ("agent", "Thank you, please hold the line while I check.", []),
        ("agent", "Thank you for waiting. It is a video membership, opened last month.", []),
        ("customer", "I never opened that. I will complain to the regulator.", ["escalation threat"]),
        ("agent", "So you would like it cancelled and thirty dollars returned, is that right?", []),
        ("customer", "Yes, at once please.", []),
        ("agent", "It is cancelled and the money is back within three working days.", []),
        ("customer", "I will wait, and call again if it is not.", []),
        ("agent", "Is there anything else I can do for you?", []),
        ("customer", "No.", []),
        ("agent", "Thank you for calling, have a good day, goodbye.", []),
    ],
}
SPEAKERS = {"zh": {"agent": "客服", "customer": "客户"}, "en": {"agent": "Agent", "customer": "Customer"}}
DURATION_S = 96.0
LINE_S = 5.9
# id, zh title, en title, guidance zh, guidance en, points, machine verdict, line of the quote, fatal
FORM = {
    "script": (
        "服务规范",
        "Script",
        [
            ("greeting", "问候并报工号", "Greeting with company and number", 5, "met", 0, None),
            ("verify", "核实身份", "Identity check", 10, "met", 4, None),
            ("restate", "复述问题", "Restates the problem", 5, "abstained", None, None),
            ("hold_manners", "等待礼仪", "Hold manners", 5, "partly_met", 6, None),
            ("closing", "结束语", "Closing", 5, "met", 15, None),
        ],
    ),
    "empathy": (
        "共情",
        "Empathy",
        [
            ("apology", "致歉", "Apology", 10, "met", 2, None),
            ("empathy", "表达理解", "Understanding voiced", 10, "not_met", None, None),
            ("courtesy", "文明用语", "Courtesy", 5, "not_applicable", None, None),
        ],
    ),
    "resolution": (
        "解决",
        "Resolution",
        [
            ("solution", "给出具体办法", "Concrete step", 15, "met", 11, None),
            ("timeframe", "告知时限", "Time given", 10, "met", 11, None),
            ("accuracy", "业务准确性", "Accuracy", 20, None, None, None),
            ("insult", "辱骂或讥讽客户", "Insults or mocks the customer", 0, None, None, "call"),
            ("false_promise", "虚假承诺", "False promise", 0, None, None, "section"),
        ],
    ),
}
GUIDANCE = {
    "zh": ("按录音内容判断，不看结果好坏。", "例：“我先帮您核实一下账单。”", "按语义匹配，置信度足够。"),
    "en": ("Judge what is heard, not how it ended.", "“Let me look at the bill with you.”", "The wording matches."),
}


def utterances(language):
    return [_utterance(language, index, *line) for index, line in enumerate(LINES[language])]


def _utterance(language, index, speaker, text, signals):
    start_s = round(0.5 + index * LINE_S, 2)
    words = text.split() if language == "en" else list(text)
    step_s = (LINE_S - 1.4) / len(words)
    timed = [
        {
            "start_s": round(start_s + place * step_s, 3),
            "end_s": round(start_s + (place + 1) * step_s, 3),
            "text": word,
            "probability": 0.31 if index == 5 or (index == 7 and place % 5 == 2) else 0.95,
        }
        for place, word in enumerate(words)
    ]
    return {
        "index": index,
        "speaker": speaker,
        "label": SPEAKERS[language][speaker],
        "start_s": start_s,
        "end_s": round(start_s + LINE_S - 1.4, 2),
        "text": text,
        "confidence": 0.42 if index == 5 else 0.93,
        "words": timed,
        "signals": signals,
    }


def _machine(language, name, verdict, line):
    if verdict is None:
        return None
    found = {
        "verdict": verdict,
        "confidence": 0.91,
        "reason": GUIDANCE[language][2],
        "check": "phrases",
        "evidence": [],
    }
    if line is not None:
        text = LINES[language][line][1]
        start_s = round(0.5 + line * LINE_S, 2)
        quote = {"kind": "quote", "utterance": line, "quote": text[:14], "start_s": start_s, "end_s": start_s + 2}
        found["evidence"].append(quote)
    if name == "hold_manners":
        found["evidence"].append(
            {"kind": "span", "start_s": 37.0, "end_s": 41.0, "measure": "silence", "value": 4.0, "limit": 3.0}
        )
    if name == "empathy":
        miss = {"utterance": 4, "text": LINES[language][4][1][:8], "phrase": "…", "similarity": 0.62}
        window = {"from": 0, "to": 96, "unit": "s"}
        found["evidence"].append({"kind": "absence", "window": window, "nearest_miss": miss})
    return found


def sections(language):
    made = []
    for section, (zh, en, criteria) in FORM.items():
        rows = [_criterion(language, *row) for row in criteria]
        made.append({"id": section, "title": zh if language == "zh" else en, "criteria": rows})
    return made


def conditional(sections):
    """The form with a time that hangs on the solution, and root causes under it."""
    for section in sections:
        for criterion in section["criteria"]:
            if criterion["id"] == "timeframe":
                criterion["applies_if"] = {"criterion": "solution", "verdict": ["met", "partly_met"]}
                criterion["root_causes"] = [
                    {"id": "skill", "title": "Does not know"},
                    {"id": "haste", "title": "In a hurry"},
                ]
                criterion["root_cause_required_on"] = ["not_met"]
    return sections


def _criterion(language, name, zh, en, points, verdict, line, fatal):  # noqa: PLR0917
    return {
        "id": name,
        "title": zh if language == "zh" else en,
        "guidance": GUIDANCE[language][0],
        "examples": [GUIDANCE[language][1]],
        "points": points,
        "fatal": fatal,
        "people_only": verdict is None,
        "allow_not_applicable": name != "greeting" and not fatal,
        "comment_required_on": ["not_met"],
        "machine": _machine(language, name, verdict, line),
    }


def waveform(language, speaker):
    """Loud where the speaker speaks, 400 values over the call."""
    spoken = [(line["start_s"], line["end_s"]) for line in utterances(language) if line["speaker"] == speaker]
    values = []
    for place in range(400):
        second = place * DURATION_S / 400
        loud = any(start <= second <= end for start, end in spoken)
        values.append(round(abs(math.sin(place * 1.7)) * 0.6 + 0.3, 2) if loud else 0.02)
    return values


def desk_data(language, audio_url):
    labels = SPEAKERS[language]
    header = {
        "zh": "1008-20261102-0042 · 中文 · 01:36 · 客服 A012 · 三组 · 工单 TS2026110200042",
        "en": "1008-20261102-0042 · English · 01:36 · agent A012 · team 3 · case TS2026110200042",
    }
    return {
        "language": language,
        "call": "1008-20261102-0042",
        "header": header[language],
        "audio": {"url": audio_url, "mime": "audio/wav"} if audio_url else None,
        "duration_s": DURATION_S,
        "channels": [{"speaker": name, "label": labels[name], "waveform": waveform(language, name)} for name in labels],
        "marks": {"silences": [[37.0, 41.2]], "holds": [[41.2, 47.0]], "overlaps": [[52.0, 53.6, "customer"]]},
        "utterances": utterances(language),
        "sections": sections(language),
    }
