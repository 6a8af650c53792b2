SELECT code FROM feature_types ORDER BY code
