"""Lines of a call that speak to a language model or a scorer instead of to the other person.

A list of wordings is no proof: it is one of several walls (see docs/judge.md). A line it finds is withheld from the
judge, so that it neither sways an answer nor serves as its evidence.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})  # control, format, private, unassigned, line breaks

_ENGLISH = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass|skip)\b [^.!?]{0,40}
      \b(?:instructions?|prompts?|rules|guidelines|schema|(?:question|everything)s?[ ]above)\b
    | \b(?:system|developer)[ ](?:prompt|message|instruction|override|note)\b
    | (?:^|\s)(?:system|assistant|developer)[ ]?:
    | \b(?:new|updated|real|actual)[ ]instructions\b
    | \byou[ ]are[ ](?:now[ ])?(?:an?|the|my)[ ](?:\w+[ ])?
      (?:ai|judge|grader|evaluator|llm|language[ ]model|chatbot|scorer)\b
    | \b(?:dear|attention|for|to)[ ,]+(?:the[ ]|all[ ]|any[ ])?(?:\w+[ ])?
      (?:ai|grader|evaluator|llm|language[ ]model|scorer|scoring[ ](?:model|system)|auto.?grader)\b
    | \b(?:answer|reply|respond|return|output|write|print|set)\b [^.!?]{0,30}
      (?:\byes\b|\bno\b|\btrue\b|\bjson\b|\bconfidence\b) [^.!?]{0,40}
      \b(?:every|all|each|any|questions?|criteri\w+|json|confidence|quotes?|regardless|whatever|only|always)\b
    | \b(?:mark|score|rate|grade|count|judge)[ ](?:this|the|every|each|all|everything)\b [^.!?]{0,40}
      \b(?:yes|met|passed|compliant|full[ ]marks?|100|perfect)\b
    | \btranscript[ ](?:ends?|is[ ]over|stops|ended)\b | \bend[ ]of[ ](?:the[ ])?transcript\b
    | \b(?:begin|end)[ ][0-9a-f]{8}\b | \bjson[ ]schema\b | \bcannot_tell\b
    | ["']?\b(?:answer|confidence|mark)["']?[ ]?[:=][ ]?["']?(?:yes|no|true|1(?:\.0)?|0\.\d+)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CHINESE = re.compile(
    r"""
    (?:忽略|无视|忘记|忘掉|不要理会|不用管|跳过|推翻|覆盖|绕过).{0,14}(?:指令|指示|提示词|提示语|规则|设定|系统提示)
    | 系统(?:提示词?|消息|指令)\s*[:：,，] | (?:新的?|最新|真正的)指令
    | 你(?:现在)?(?:是|扮演|作为).{0,8}(?:ai|人工智能|评分员|裁判|评委|语言模型|大模型|质检模型|评审)
    | (?:评分|质检|判定|评审|审核|裁判)的?(?:模型|程序|ai|机器人|人工智能|大模型)
    | (?:ai|人工智能|大模型|语言模型|模型)(?:评分|质检|裁判|评委|评审|判定)
    | (?:回答|回复|输出|返回|填写?|写|答)\s*[“"'「]?\s*(?:yes|no|true|json|cannot_tell)
    | (?:所有|全部|每个|每一个|任何|以下|后面的?)的?(?:问题|评分项|项目|题目|检查项).{0,6}
      (?:都|均|一律|全部)(?:回答|答|判定?为?|算|评为?|视为|打)\s*[“"'「]?\s*(?:是|yes|符合|满分|通过|合格)
    | (?:本通话|这通电话|本次通话|这个通话|该通话).{0,12}
      (?:判定?为?|评为?|视为|打)\s*[“"'「]?\s*(?:符合|满分|合格|通过|是)
    | 转写稿(?:到此|已经?|在此|至此)?(?:结束|完毕) | 以(?:上|下)(?:是|为)(?:真正的)?转写稿
    """,
    re.IGNORECASE | re.VERBOSE,
)


def speaks_to_a_model(text: str) -> bool:
    """Whether a line addresses a model or a scorer, wide letters and unseen signs notwithstanding."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in _UNSEEN)
    return bool(_ENGLISH.search(seen) or _CHINESE.search(seen))
