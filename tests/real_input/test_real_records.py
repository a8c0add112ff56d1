def test_x(published):
    print(published.told, published.exit_code, published.vouch.home)
    assert 0
