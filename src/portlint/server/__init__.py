"""The language server: ``portlint server``.

:mod:`portlint.server.session` keeps one tree and says what is wrong in it after every change, without any knowledge of
the protocol; the modules beside it translate. pygls, which speaks the protocol, is the extra ``portlint[server]``.
"""
