using System.Text.Json;
using Plum.Text.Jinja;
using Xunit;

namespace Plum.Torch.Tests.Checkpoints;

/// <summary>What jinja2 3.1.6 gives for these templates, in transformers' sandbox: text, or ERR and the exception.</summary>
public sealed class JinjaTests
{
    private const string Variables = """
        {"s": "  Hello World  ", "u": "\u00e9\u4e2d\ud83d\ude42 na\u00efve", "l": [3, 1, 2], "d": {"b": 1, "a": [1, null, true, 2.5], "items": "x"}, "n": null, "t": true, "f": 2.5, "i": 7, "e": "", "ms": [{"role": "user", "content": "Hi", "k": 2}, {"role": "assistant", "content": "Yo\nline2\n\nline4", "k": 1}, {"role": "user", "content": "End", "k": 3}], "ws": ["b", "A", "c", "B", "a"], "nest": [[1, 2], [3], []]}
        """;

    public static TheoryData<string, string> Cases => new()
    {
        { "{{ s|trim }}|{{ s.strip() }}|{{ s.lstrip() }}|{{ s.rstrip() }}|{{ s|upper }}|{{ s|title }}|{{ s|capitalize }}", "Hello World|Hello World|Hello World  |  Hello World|  HELLO WORLD  |  Hello World  |  hello world  " },
        { "{{ u|length }} {{ u[0] }} {{ u[2] }} {{ u[-1] }} {{ u[1:3] }} {{ u[::-1] }} {{ u|reverse }} {{ u|list }}", "9 \u00e9 \ud83d\ude42 e \u4e2d\ud83d\ude42 ev\u00efan \ud83d\ude42\u4e2d\u00e9 ev\u00efan \ud83d\ude42\u4e2d\u00e9 ['\u00e9', '\u4e2d', '\ud83d\ude42', ' ', 'n', 'a', '\u00ef', 'v', 'e']" },
        { "{{ l }} {{ l|sort }} {{ l|sort(reverse=true) }} {{ l|sum }} {{ l|max }} {{ l|min }} {{ l|first }} {{ l|last }} {{ l|join('-') }} {{ l[1:] }} {{ l[:-1] }} {{ l[::2] }} {{ l[5:] }}", "[3, 1, 2] [1, 2, 3] [3, 2, 1] 6 3 1 3 2 3-1-2 [1, 2] [3, 1] [3, 2] []" },
        { "{{ n }} {{ t }} {{ f }} {{ i }} {{ e }} {{ 1.0 }} {{ 1e10 }} {{ 1e16 }} {{ 1e-5 }} {{ 0.1+0.2 }} {{ 100000000000000000.0 }} {{ 3.0e2 }}", "None True 2.5 7  1.0 10000000000.0 1e+16 1e-05 0.30000000000000004 1e+17 300.0" },
        { "{{ 7//2 }} {{ -7//2 }} {{ 7%3 }} {{ -7%3 }} {{ 7/2 }} {{ 2**10 }} {{ 2**-1 }} {{ -2**2 }} {{ 2**3**2 }} {{ 1+2*3 }} {{ (1+2)*3 }} {{ 5 - 3 - 1 }} {{ 7.5//2 }} {{ 7.5%2 }}", "3 -4 1 2 3.5 1024 0.5 4 64 7 9 1 3.0 1.5" },
        { "{{ 'a' ~ 1 ~ none ~ true }} {{ 'a' * 3 }} {{ [1]*3 }} {{ 'a' 'b' }} {{ \"x\\ty\\\\n\\x41\\u00e9\" }}", "a1NoneTrue aaa [1, 1, 1] ab x\ty\\nA\u00e9" },
        { "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' in 'abc' }} {{ 2 in l }} {{ 'b' in d }} {{ 'z' not in d }} {{ not true }} {{ not (1 in l) }} {{ none == none }} {{ [1,2]==[1,2] }} {{ 'a' < 'b' }} {{ [1,2] < [1,3] }}", "True False True True True True True True False False True True True True" },
        { "{{ x is defined }} {{ s is defined }} {{ x|default('q') }} {{ e|default('q') }} {{ e|default('q', true) }} {{ n is none }} {{ n is not none }} {{ s is string }} {{ l is iterable }} {{ d is mapping }} {{ i is number }} {{ f is float }} {{ i is integer }} {{ t is boolean }} {{ t is true }} {{ i is odd }} {{ i is even }} {{ i is divisibleby 7 }} {{ i is divisibleby(2) }} {{ l is sequence }} {{ range is callable }} {{ 3 is in l }} {{ i is eq 7 }} {{ i is gt 3 }} {{ 'a' is lower }} {{ 'A' is upper }} {{ t is sameas true }}", "False True q  q True False True True True True True True True True True False True False True True True True True True True True" },
        { "{{ 'y' if x else 'n' }} {{ 'y' if t }} {{ 'y' if x }} {{ (x or 'z') }} {{ x and 'z' }} {{ n or 'z' }} {{ 0 and 5 }}", "n y  z  z 0" },
        { "{% for m in ms %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }} {{ m.role }} {{ loop.previtem.role if loop.previtem is defined else '-' }} {{ loop.nextitem.role if not loop.last }} {{ loop.cycle('a','b') }} {{ loop.changed(m.role) }};{% endfor %}", "10TrueFalse332 user - assistant a True;21FalseFalse321 assistant user user b True;32FalseTrue310 user assistant  a True;" },
        { "{% for m in ms if m.role == 'user' %}{{ loop.index }}/{{ loop.length }}:{{ m.content }} {% else %}none{% endfor %}|{% for m in [] %}x{% else %}empty{% endfor %}", "1/2:Hi 2/2:End |empty" },
        { "{% for k, v in d.items() if k != 'items' %}{{ k }}={{ v }},{% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for c in 'ab' %}[{{ c }}]{% endfor %}{% for a, b in [[1,2],[3,4]] %}{{ a+b }} {% endfor %}", "b=1,a=[1, None, True, 2.5],baitems[a][b]3 7 " },
        { "{% set x = 1 %}{% for i in range(3) %}{{ x }}{% set x = x + 1 %}{{ x }} {% endfor %}{{ x }}", "12 12 12 1" },
        { "{% set ns = namespace(c=0) %}{% for i in range(3) %}{% set ns.c = ns.c + i %}{% endfor %}{{ ns.c }} {{ ns.zz is defined }}", "3 False" },
        { "{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}", "0134" },
        { "{% macro f(a, b=2, c='x') %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, c=5) }} {{ f(1, 3, 4) }} {{ f() }}", "1-2-x 1-2-5 1-3-4 -2-x" },
        { "{% macro g(a) %}<{{ caller() }}|{{ a }}>{% endmacro %}{% call g(5) %}body {{ i }}{% endcall %}{% macro h() %}{% for x in [1,2] %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(q) h() %}q{{ q }}{% endcall %}", "<body 7|5>q1q2" },
        { "{% set x %}block {{ i }}{% endset %}[{{ x }}]{% set y | upper %}abc{% endset %}{{ y }}{% filter upper %}shout {{ s }}{% endfilter %}", "[block 7]ABCSHOUT   HELLO WORLD  " },
        { "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}{% set a, b = 1, 2 %}{{ a }}{{ b }}", "3False12" },
        { "{% raw %}{{ not rendered }} {% if %}{% endraw %} ok {# comment #} done", "{{ not rendered }} {% if %} ok  done" },
        { "{%- if true -%}   x   {%- endif -%}   y", "xy" },
        { "   {% if true %}", "ERR TemplateSyntaxError: Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'." },
        { "   z", "   z" },
        { " w {%+ if true %} q {% endif +%}", " w  q " },
        { " v", " v" },
        { "{{ d|tojson }} {{ d|tojson(indent=2) }} {{ '\u00e9\"\\\\/<>&\\n\\u0001\ud83d\ude42'|tojson }} {{ l|tojson }} {{ n|tojson }} {{ f|tojson }} {{ '\u00e9\ud83d\ude42'|tojson(ensure_ascii=true) }} {{ d|tojson(sort_keys=true) }} {{ l|tojson(separators=(',', ':')) }} {{ {}|tojson(indent=2) }} {{ [[],{}]|tojson(indent=4) }}", "{\"b\": 1, \"a\": [1, null, true, 2.5], \"items\": \"x\"} {\n  \"b\": 1,\n  \"a\": [\n    1,\n    null,\n    true,\n    2.5\n  ],\n  \"items\": \"x\"\n} \"\u00e9\\\"\\\\/<>&\\n\\u0001\ud83d\ude42\" [3, 1, 2] null 2.5 \"\\u00e9\\ud83d\\ude42\" {\"a\": [1, null, true, 2.5], \"b\": 1, \"items\": \"x\"} [3,1,2] {} [\n    [],\n    {}\n]" },
        { "{{ ms|map(attribute='role')|join(',') }} {{ ms|selectattr('role','equalto','user')|list|length }} {{ ms|rejectattr('role','eq','user')|map(attribute='content')|list }} {{ l|select('gt',1)|list }} {{ l|reject('odd')|list }} {{ ['a','b']|map('upper')|list }} {{ ms|selectattr('k')|list|length }} {{ ms|sort(attribute='k')|map(attribute='k')|list }} {{ ms|map(attribute='zz', default='q')|list }} {{ ms|sum(attribute='k') }}", "user,assistant,user 2 ['Yo\\nline2\\n\\nline4'] [3, 2] [2] ['A', 'B'] 3 [1, 2, 3] ['q', 'q', 'q'] 6" },
        { "{{ ws|sort }} {{ ws|sort(case_sensitive=true) }} {{ ws|unique|list }} {{ ws|map('lower')|unique|list }} {{ {'b':1,'A':2,'c':0}|dictsort }} {{ {'b':1,'a':2}|dictsort(by='value') }} {% for g in ms|groupby('role') %}{{ g.grouper if false else g[0] }}:{{ g[1]|length }} {% endfor %}", "['A', 'a', 'b', 'B', 'c'] ['A', 'B', 'a', 'b', 'c'] ['b', 'A', 'c'] ['b', 'a', 'c'] [('A', 2), ('b', 1), ('c', 0)] [('b', 1), ('a', 2)] assistant:1 user:2 " },
        { "{{ [1,2,3,4,5]|batch(2)|list }} {{ [1,2,3,4,5]|batch(2, 0)|list }} {{ [1,2,3,4,5]|slice(2)|list }} {{ [1,2,3,4,5,6,7]|slice(3, 'x')|list }}", "[[1, 2], [3, 4], [5]] [[1, 2], [3, 4], [5, 0]] [[1, 2, 3], [4, 5]] [[1, 2, 3], [4, 5, 'x'], [6, 7, 'x']]" },
        { "{{ ms[1].content|indent }}|{{ ms[1].content|indent(2, true) }}|{{ ms[1].content|indent(2, blank=true) }}|{{ ms[1].content|indent('>>') }}", "Yo\n    line2\n\n    line4|  Yo\n  line2\n\n  line4|Yo\n  line2\n  \n  line4|Yo\n>>line2\n\n>>line4" },
        { "{{ 'a,b,c'.split(',') }} {{ 'a b  c'.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b c '.split(None, 1) }} {{ 'x\\ny\\r\\nz'.splitlines() }} {{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('c','d')) }} {{ 'abc'.find('c') }} {{ 'abc'.find('z') }} {{ 'aXbX'.replace('X','-') }} {{ 'aXbX'.replace('X','-',1) }} {{ 'abc'.upper().lower() }} {{ '-'.join(['a','b']) }} {{ 'abc'.count('b') }} {{ 'a.b'.partition('.') }} {{ 'a.b.c'.rpartition('.') }} {{ 'hello world'.title() }} {{ 'hello'.capitalize() }} {{ '42'.isdigit() }} {{ 'x'.center(5, '*') }} {{ '7'.zfill(3) }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('c') }} {{ 'xxabxx'.strip('x') }} {{ 'ab'.ljust(4) }}|{{ 'ab'.rjust(4) }}", "['a', 'b', 'c'] ['a', 'b', 'c'] ['a', 'b,c'] ['a,b', 'c'] ['a', 'b c '] ['x', 'y', 'z'] True True 2 -1 a-b- a-bX abc a-b 1 ('a', '.', 'b') ('a.b', '.', 'c') Hello World Hello True **x** 007 bc ab ab ab  |  ab" },
        { "{{ '%s is %d and %.2f %r' % ('a', 3, 2.5, 'q') }} {{ '%s' % 'x' }} {{ '%5d|%-5d|%05d' % (1,2,3) }} {{ '%(a)s' % {'a': 1} }} {{ '%%' % () }} {{ \"%s - %s\"|format(\"a\", \"b\") }} {{ '{} {1} {x}'.format(1, 2, x=3) if false else '' }} {{ '{} {}'.format(1, 'b') }} {{ '{0:.2f} {a:>5}|{a:<5}|{a:^5}'.format(1.5, a='q') }}", "a is 3 and 2.50 'q' x     1|2    |00003 1 % a - b  1 b 1.50     q|q    |  q  " },
        { "{{ '5'|int }} {{ 'x'|int }} {{ 'x'|int(3) }} {{ '2.7'|int }} {{ 2.7|int }} {{ '2.5'|float }} {{ 'q'|float }} {{ -3|abs }} {{ 2.567|round(2) }} {{ 2.5|round }} {{ 3.5|round }} {{ 2.4|round(0,'ceil') }} {{ 2.46|round(1,'floor') }} {{ 5|string }} {{ '0x1f'|int(base=16) }} {{ 7|round }}", "5 0 3 2 2 2.5 0.0 3 2.57 2.0 4.0 3.0 2.4 5 31 7" },
        { "{{ range(3)|list }} {{ range(1,7,2)|list }} {{ range(3,0,-1)|list }} {{ dict(a=1,b=2) }} {{ [1,2]+[3] }} {{ (1,2) }} {{ (1,) }} {{ () }} {{ {'a':{'b':[1,'x']}} }} {{ \"it's\" }} {{ [\"it's\", 'a\"b', '\u00e9', '\\n'] }}", "[0, 1, 2] [1, 3, 5] [3, 2, 1] {'a': 1, 'b': 2} [1, 2, 3] (1, 2) (1,) () {'a': {'b': [1, 'x']}} it's [\"it's\", 'a\"b', '\u00e9', '\\n']" },
        { "{{ 'a'|replace('a','b') }} {{ 'hello world foo'|truncate(8) }} {{ 'hello world foo'|truncate(8, true) }} {{ 'hello world foo bar baz'|truncate(12, false, '..', 0) }} {{ 'a b c'|wordcount }} {{ '<a&\"\\'>'|e }} {{ 'a b/c?\u00e9'|urlencode }} {{ 'abc'|first }} {{ []|first is defined }} {{ 'abc'|last }} {{ 'ab'|center(6) }}|", "b hello... hello... hello.. 3 &lt;a&amp;&#34;&#39;&gt; a%20b/c%3F%C3%A9 a False c   ab  |" },
        { "{% set c = cycler('a','b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }} {% set j = joiner(', ') %}{{ j() }}a{{ j() }}b", "abab a, b" },
        { "{% for i in nest recursive %}[{{ loop.depth }}{{ loop(i) if i is iterable else i }}]{% endfor %}", "[1[21][22]][1[23]][1]" },
        { "{% generation %}{% set zz = 1 %}inside{{ zz }}{% endgeneration %}{{ zz is defined }}", "inside1False" },
        { "{{ x.y }}", "ERR UndefinedError: 'x' is undefined" },
        { "{{ d.zz.y }}", "ERR UndefinedError: 'dict object' has no attribute 'zz'" },
        { "{{ ms[0].zz + 'a' }}", "ERR UndefinedError: 'dict object' has no attribute 'zz'" },
        { "{{ 'a' + 1 }}", "ERR TypeError: can only concatenate str (not \"int\") to str" },
        { "{{ 'a' + none }}", "ERR TypeError: can only concatenate str (not \"NoneType\") to str" },
        { "{{ 1 + 'a' }}", "ERR TypeError: unsupported operand type(s) for +: 'int' and 'str'" },
        { "{{ none + 'a' }}", "ERR TypeError: unsupported operand type(s) for +: 'NoneType' and 'str'" },
        { "{{ [1] + 'a' }}", "ERR TypeError: can only concatenate list (not \"str\") to list" },
        { "{{ none.foo.bar }}", "ERR UndefinedError: 'None' has no attribute 'foo'" },
        { "{{ none|length }}", "ERR TypeError: object of type 'NoneType' has no len()" },
        { "{{ 5|length }}", "ERR TypeError: object of type 'int' has no len()" },
        { "{% for x in none %}{% endfor %}", "ERR TypeError: 'NoneType' object is not iterable" },
        { "{% for x in 5 %}{% endfor %}", "ERR TypeError: 'int' object is not iterable" },
        { "{{ nofunc() }}", "ERR UndefinedError: 'nofunc' is undefined" },
        { "{{ s.nofunc() }}", "ERR UndefinedError: 'str object' has no attribute 'nofunc'" },
        { "{{ 'a' in 5 }}", "ERR TypeError: argument of type 'int' is not iterable" },
        { "{{ 1 in 'abc' }}", "ERR TypeError: 'in <string>' requires string as left operand, not int" },
        { "{{ raise_exception('boom ' ~ i) }}", "ERR TemplateError: boom 7" },
        { "{{ l.append(3) }}", "ERR SecurityError: access to attribute 'append' of 'list' object is unsafe." },
        { "{{ s.__class__ }}|{{ s.__class__.__name__ }}", "ERR SecurityError: access to attribute '__class__' of 'str' object is unsafe." },
        { "{{ l[10] }}|{{ l[10] is defined }}", "|False" },
        { "{{ l[10].x }}", "ERR UndefinedError: list object has no element 10" },
        { "{{ 1/0 }}", "ERR ZeroDivisionError: division by zero" },
        { "{{ 1 < 'a' }}", "ERR TypeError: '<' not supported between instances of 'int' and 'str'" },
        { "{{ d.x.y.z is defined }}", "ERR UndefinedError: 'dict object' has no attribute 'x'" },
        { "{{ x|tojson }}", "ERR TypeError: Object of type Undefined is not JSON serializable" },
        { "{{ undefinedthing|upper }}|{{ undefinedthing|length }}|{{ undefinedthing|list }}|{{ undefinedthing ~ 'a' }}|{{ undefinedthing == undefinedthing }}|{{ undefinedthing in ['a'] }}|{{ not undefinedthing }}", "|0|[]|a|True|False|True" },
        { "{{ undefinedthing + 1 }}", "ERR UndefinedError: 'undefinedthing' is undefined" },
        { "{{ -undefinedthing }}", "ERR UndefinedError: 'undefinedthing' is undefined" },
        { "{{ range(200000)|length }}", "ERR OverflowError: Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)." },
        { "{{ 'x'|nofilter }}", "ERR TemplateAssertionError: No filter named 'nofilter'." },
        { "{{ 'x' is notest }}", "ERR TemplateAssertionError: No test named 'notest'." },
        { "{% set loop = 1 %}", "" },
        { "{{ l['a'] is defined }} {{ d[0] is defined }} {{ s['upper']() }} {{ d['get']('b') }} {{ ms.0.role }} {{ d.items is callable }}", "False False   HELLO WORLD   1 user True" },
        { "{{ messages[0]['content'] }}", "ERR UndefinedError: 'messages' is undefined" },
        { "{{ (i)|string + 'a' }} {{ i|string|length }} {{ -1|abs }} {{ 'a'|upper ~ 'b' }} {{ not x is defined }} {{ x is not defined and t }} {{ x is undefined or n }} {{ s is string and s|trim == 'Hello World' }}", "7a 1 1 Ab True True True True" },
        { "{{- s -}}", "  Hello World  " },
        { "  tail", "  tail" },
        { "{{ \"a\" if not n else \"b\" }}{{ [x for x in l] if false else 1 }}", "ERR TemplateSyntaxError: expected token ',', got 'for'" },
        { "{% if s is defined and s is string and s | length > 0 %}yes{% elif n %}no{% else %}else{% endif %}", "yes" },
        { "{% if 'role' in ms[0] and ms[0]['role'] == 'user' and not ms[0].get('tool_calls') %}A{% endif %}", "A" },
        { "{{ ms[-1]['content'] }}{{ ms[1:]|length }}{{ (ms|length) - 1 }}{{ ms|length - 1 }}{{ ms[ms|length - 1].role }}", "End222user" },
        { "{{ d.a|join(',') }} {{ [1,[2,3]]|string }} {{ d.a|map('string')|join('/') }} {{ {'x':n}|tojson }} {{ [true,false,none]|string }} {{ true|string }} {{ {1:2}|tojson }}", "1,None,True,2.5 [1, [2, 3]] 1/None/True/2.5 {\"x\": null} [True, False, None] True {\"1\": 2}" },
        { "{% macro m(x) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1,2,3,z=4) }}", "(2, 3){'z': 4}" },
        { "{% macro m2(x) %}{{ x }}{% endmacro %}{{ m2(1,2) }}", "ERR TypeError: macro 'm2' takes not more than 1 argument(s)" },
        { "{% macro m3(x) %}{{ x }}{% endmacro %}{{ m3(y=2) }}", "ERR TypeError: macro 'm3' takes no keyword argument 'y'" },
        { "{% macro m4(x) %}{{ x.y }}{% endmacro %}{{ m4() }}", "ERR UndefinedError: parameter 'x' was not provided" },
        { "{% set content = ms[0].content if ms[0].content is string else '' %}{{ content }}{% set m = ms[0] %}{{ m.role|upper }}", "HiUSER" },
        { "{{ 1 if true else 2 if false else 3 }}{{ {'a':1}.a }}{{ 'abc'[1] }}{{ [1,2,3][-1] }}{{ \"abc\"[0:2] }}", "11b3ab" },
        { "{{ 5 is not none }}{{ l is not string }}{{ 'a' is not in ['b'] }}", "TrueTrueTrue" },
        { "{% for i in [1,2,3] %}{% if loop.first %}F{% elif loop.last %}L{% else %}M{% endif %}{% endfor %}", "FML" },
        { "        {{- 'U:' + message.content }}", "ERR UndefinedError: 'message' is undefined" },
        { "    {%- else %}", "ERR TemplateSyntaxError: Encountered unknown tag 'else'." },
        { "        {{- 'A:' + message['content'] | trim + '!' }}", "ERR UndefinedError: 'message' is undefined" },
        { "a {# c #} b", "a  b" },
        { "{# c #}", "" },
        { "x", "x" },
        { "  {# c #}", "" },
        { "y{# multi", "ERR TemplateSyntaxError: Missing end of comment tag" },
        { "line -#}", "line -#}" },
        { "   z", "   z" },
        { "{{ '\\n' }}{{ \"\\\\n\" }}{{ 'a\\'b' }}{{ '\\d' }}", "\n\\na'b\\d" },
        { "{{ u.upper() }} {{ u.split() }} {{ u|capitalize }} {{ u.find('\ud83d\ude42') }} {{ u.count('a') }}{{ u|tojson }}", "\u00c9\u4e2d\ud83d\ude42 NA\u00cfVE ['\u00e9\u4e2d\ud83d\ude42', 'na\u00efve'] \u00c9\u4e2d\ud83d\ude42 na\u00efve 2 1\"\u00e9\u4e2d\ud83d\ude42 na\u00efve\"" },
        { "{{ [3,1]|sort|first }}{{ ([1,2]|length)*2 }}{{ (1,2)|list }}{{ (1,2)[0] }}{{ 10|string|reverse }}", "14[1, 2]101" },
        { "{{ [0,1]|select|list }}{{ ['',none,'a']|select|join }}{{ ['a',none]|reject('none')|list }}{{ ms|map('attr','role')|list }}", "[1]a['a'][Undefined, Undefined, Undefined]" },
        { "{{ '%d%%' % 50 }}{{ 'abc' | replace('b', '') | upper }}{{ 'a\\nb'|replace('\\n', ' ') }}", "50%ACa b" },
        { "{{ d | tojson(indent=4) | replace('a', 'b') }}", "{\n    \"b\": 1,\n    \"b\": [\n        1,\n        null,\n        true,\n        2.5\n    ],\n    \"items\": \"x\"\n}" },
        { "{% set d2 = dict(d, z=1) %}{{ d2.z }}{{ d2.b }}{% set d3 = {'a': 1, **d} if false else 1 %}", "ERR TemplateSyntaxError: unexpected '**'" },
        { "{% set g = ms|map(attribute='role') %}{{ g|join(',') }}|{{ g|join(',') }}|{{ 'y' if ms|selectattr('zz')|list else 'n' }}|{{ 'y' if ms|selectattr('zz') else 'n' }}", "user,assistant,user||n|y" },
        { "{{ none|selectattr('type')|list|length }}{{ none|map('upper')|list }}{{ ms|map(attribute='role') is iterable }}", "0[]True" },
        { "{{ ms|map(attribute='role')|tojson }}", "ERR TypeError: Object of type generator is not JSON serializable" },
        { "{{ ms|map(attribute='role')|length }}", "ERR TypeError: object of type 'generator' has no len()" },
        { "{% if false %}{{ 1|from_json }}{% endif %}ok", "ok" },
        { "{% if true %}{{ 1|from_json }}{% endif %}", "ERR TemplateRuntimeError: No filter named 'from_json' found." },
        { "{%- if true -%}   x   {%- endif -%}   y\n   {% if true %}\n   z\n   {% endif %}\n w {%+ if true %} q {% endif +%}\n v\n", "xy\n   z\n w  q \n v" },
        { "{{- s -}}\n  tail\n\n", "  Hello World  tail\n" },
        { "{%- for message in ms %}\n    {%- if loop.index0 % 2 == 0 %}\n        {{- 'U:' + message.content }}\n    {%- else %}\n        {{- 'A:' + message['content'] | trim + '!' }}\n    {%- endif %}\n{%- endfor %}\n", "U:HiA:Yo\nline2\n\nline4!U:End" },
        { "a {# c #} b\n{# c #}\nx\n  {# c #}\ny{# multi\nline -#}\n   z", "a  b\nx\nyz" },
        { "  {{ i }}\n  {% set q = 1 %}\n\n  {{ q }}\r\n{% if t %}\r\nx{% endif %}\r\n\r\n", "  7\n\n  1\nx" },
        { "{% raw %}\n  {{ a }}\n  {% endraw %}\nb", "\n  {{ a }}\nb" },
        { "{% for i in l %}\n\n{{ i }}\n{% endfor %}\n\n", "\n3\n\n1\n\n2\n" },
        { "{{ i }}  {% if t %}  a{% endif %}  {% if t %}\n  b{% endif %}", "7    a    b" },
        { "\n\n{% if t -%}\n\n a\n\n{%- endif %}\n\n{{ i -}}\n\nb\n", "\n\na\n7b" },
        { "{{ s }}{% if t %}\n{% endif %}\n{{ 's' }}\n  \t{%- set a = 1 -%}  \n{{ a }}", "  Hello World  s1" },
        { "   {% if t %}a{% endif %}   {% if t %}b{% endif %}\n", "a   b" },
        { "{%if t%}a{%endif%}{{i}}{{-i-}} x {#-c-#} y", "a77xy" },
        { "{% if t %}{{ 'a' }}{# c #}\n{% endif %}\nz", "az" },
        { "{%- raw -%}  a  {%- endraw -%}  b", "ab" },
        { "x{% raw %}\n a {% endraw %}\n y", "x\n a  y" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void RendersAsJinja2Does(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "SecurityError")]
    [InlineData("{{ 'x' * 999999999 }}", "SecurityError")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "RecursionError")]
    [InlineData("{% include 'x' %}", "TemplateSyntaxError")]
    public void BoundsWhatATemplateMayDo(string template, string kind) => Assert.StartsWith("ERR " + kind, Render(template), StringComparison.Ordinal);

    private static string Render(string template)
    {
        try
        {
            Dictionary<string, JsonElement> variables = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Variables)!;
            return JinjaTemplate.Parse(template).Render(variables);
        }
        catch (JinjaException error)
        {
            return $"ERR {error}";
        }
    }
}
